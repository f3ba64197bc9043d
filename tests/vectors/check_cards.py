"""Runs the PyTorch and Optax snippets of the cards in book/cards.

The constructors are called. Every argument that they name has to exist and, unless CHOSEN lists it, to
be the library's default. The lines of a step, run on one matrix with random gradients, have to follow
the library's optimizer: PyTorch's, else Optax's, else a rule written here from the paper. An Optax
chain (a comment that begins with `# = `) has to follow its constructor. Everything runs in float64,
with the card's settings and with others.

    .venv/bin/pip install -r requirements.txt
    .venv/bin/python check_cards.py [folder of cards]     # exit 1 when a card is wrong
"""

import ast
import inspect
import os
import re
import sys
import tomllib
from functools import partial
from pathlib import Path
from unittest import mock

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
import optax
import optax.contrib
import schedulefree
import torch

CARDS = Path(__file__).resolve().parents[2] / "book/cards"
STEPS = 10
TOLERANCE = 1e-10
# Wide and tall. Optax factors only what has 128 rows and columns.
SHAPES = [(4, 6), (6, 4)]
LARGE_SHAPES = {"adafactor": [(128, 130), (130, 128)]}

# Arguments that are not the library's defaults, on purpose.
CHOSEN = {
    "sgd": {"lr"},
    "momentum": {"lr", "momentum"},
    "nesterov": {"lr", "momentum", "nesterov"},
    "amsgrad": {"amsgrad"},
    "adafactor": {"learning_rate"},
}
# What a second run changes, so that every setting counts.
ADAM = {"lr": 0.1, "betas": (0.8, 0.9), "eps": 0.1}
CHANGED = {
    "sgd": {"lr": 0.5},
    "momentum": {"lr": 0.5, "momentum": 0.5},
    "nesterov": {"lr": 0.5, "momentum": 0.5},
    "adagrad": {"lr": 0.5, "eps": 0.1},
    "rmsprop": {"lr": 0.5, "alpha": 0.8, "eps": 0.1},
    "adam": ADAM,
    "amsgrad": ADAM,
    "radam": ADAM,
    "nadam": {**ADAM, "momentum_decay": 1.0},
    "adamw": {**ADAM, "weight_decay": 0.5},
    "schedule-free": {**ADAM, "weight_decay": 0.5},
    "adafactor": {"lr": 0.5, "beta2_decay": -0.5, "eps": (None, 2.0), "d": 1.5, "weight_decay": 0.5},
    "muon": {"lr": 0.5, "weight_decay": 0.5, "momentum": 0.5, "ns_steps": 2},
    "lamb": {"learning_rate": 0.1, "b1": 0.8, "b2": 0.9, "eps": 0.1, "weight_decay": 0.5},
    "lars": {"learning_rate": 0.5, "weight_decay": 0.5, "trust_coefficient": 0.1, "momentum": 0.5},
    "lion": {"learning_rate": 0.1, "b1": 0.8, "b2": 0.5, "weight_decay": 0.5},
    "signum": {"learning_rate": 0.1, "beta": 0.5},
}
# The same in the text of an Optax snippet, constructor and chain: the decay, and every epsilon.
CHANGED_TEXT = {r"(weight_decay=|add_decayed_weights\()[\d.e-]+": r"\g<1>0.5", r"\b1e-[678]\b": "0.1"}
# Settings of the rules that are in neither library.
OWN_SETTINGS = {
    "shampoo": {"lr": 0.1},
    "soap": {"lr": 0.1, "beta1": 0.8, "beta2": 0.9, "beta": 0.7, "eps": 0.1},
}
# What the lines of a step call the arguments of a constructor.
NAMES_IN_LINES = {"learning_rate": "lr", "b1": "beta1", "b2": "beta2", "momentum": "beta"}
PAIRS = {"betas": ("beta1", "beta2"), "eps": ("eps1", "eps2")}
# What L and R start with on their diagonals.
RIDGE = 0.01

# --------------------------------------------------------------------------------------------------
# Reading a snippet
# --------------------------------------------------------------------------------------------------


def statements(text):
    """The statements about `optimizer`, and the others: the lines of a step."""
    about, lines = [], []
    for statement in ast.parse(text).body:
        names = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
        (about if "optimizer" in names else lines).append(statement)
    return about, lines


def chain_of(text):
    """The expression in the comment that begins with `# = `; its further lines are indented."""
    found = re.search(r"^# = (.*(?:\n#  .*)*)", text, re.MULTILINE)
    if not found:
        raise ValueError("there is no chain")
    return found[1].replace("\n#", "\n")


def constructor(text, names):
    """The function that the snippet makes its optimizer with, and the arguments that it names."""
    call = statements(text)[0][0].value
    make = eval(ast.unparse(call.func), names)
    return make, {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}


def execute(lines, names):
    exec(compile(ast.Module(lines, type_ignores=[]), "card", "exec"), names)


def changed_text(text):
    for pattern, replacement in CHANGED_TEXT.items():
        text = re.sub(pattern, replacement, text)
    return text


# --------------------------------------------------------------------------------------------------
# The parameters after every step
# --------------------------------------------------------------------------------------------------


def by_torch(optimizer_of, start, gradients):
    parameter = torch.tensor(start)
    optimizer = optimizer_of([parameter])
    if isinstance(optimizer, schedulefree.AdamWScheduleFree):
        optimizer.train()
    trajectory = []
    # Muon casts to torch.bfloat16: under this name it finds float64.
    with mock.patch.object(torch, "bfloat16", torch.float64):
        for gradient in gradients:
            parameter.grad = torch.tensor(gradient)
            optimizer.step()
            trajectory.append(parameter.numpy().copy())
    return trajectory


def by_optax(optimizer, start, gradients):
    parameter = jnp.asarray(start)
    state = optimizer.init(parameter)
    trajectory = []
    for gradient in gradients:
        updates, state = optimizer.update(jnp.asarray(gradient), state, parameter)
        parameter = optax.apply_updates(parameter, updates)
        trajectory.append(np.asarray(parameter))
    return trajectory


def by_lines(lines, library, settings, start, gradients):
    """By the lines of a step, in torch or jnp, with all the variables that cards use."""

    def inverse_fourth_root(matrix):
        values, vectors = library.linalg.eigh(matrix)
        return vectors * values**-0.25 @ vectors.T

    rows, columns = start.shape
    parameter = library.asarray(start.copy())
    names = {
        "torch": torch,
        "jnp": jnp,
        "inverse_fourth_root": inverse_fourth_root,
        "rows": rows,
        "columns": columns,
        **{name: parameter for name in ("theta", "W", "y")},
        **{name: library.zeros((rows, columns)) for name in ("m", "v", "s", "b", "B", "w")},
        "z": library.asarray(start.copy()),
        "row": library.zeros((rows, 1)),
        "col": library.zeros((1, columns)),
        "L": RIDGE * library.eye(rows),
        "R": RIDGE * library.eye(columns),
        "QL": library.eye(rows),
        "QR": library.eye(columns),
        "product": 1.0,
        **settings,
        **{NAMES_IN_LINES[key]: value for key, value in settings.items() if key in NAMES_IN_LINES},
    }
    used = {node.id for line in lines for node in ast.walk(line) if isinstance(node, ast.Name)}
    (updated,) = used & {"theta", "W", "y"}
    trajectory = []
    for t, gradient in enumerate(gradients, 1):
        gradient = library.asarray(gradient)
        names |= {"t": t, "g": gradient, "G": gradient}
        execute(lines, names)
        trajectory.append(np.asarray(names[updated]).copy())
    return trajectory


def shampoo(start, gradients, lr):
    """One matrix for all entries: the Kronecker product of L and R to the power -1/4."""
    w = start.copy()
    left, right = (RIDGE * np.eye(size) for size in w.shape)
    for g in gradients:
        left, right = left + g @ g.T, right + g.T @ g
        values, vectors = np.linalg.eigh(np.kron(left, right))
        w = w - lr * (vectors * values**-0.25 @ vectors.T @ g.ravel()).reshape(w.shape)
        yield w


def soap(start, gradients, lr, beta1, beta2, beta, eps):
    """Adam for all entries in a basis of the Kronecker product, which every step renews at its end."""
    w, m, v = start.copy(), np.zeros(start.size), np.zeros(start.size)
    left, right = (RIDGE * np.eye(size) for size in w.shape)
    left_basis, right_basis = (np.eye(size) for size in w.shape)
    for g in gradients:
        basis = np.kron(left_basis, right_basis)
        m = beta1 * m + (1 - beta1) * g.ravel()
        v = beta2 * v + (1 - beta2) * (basis.T @ g.ravel()) ** 2
        w = w - lr * (basis @ (basis.T @ m / (np.sqrt(v) + eps))).reshape(w.shape)
        left = beta * left + (1 - beta) * g @ g.T
        right = beta * right + (1 - beta) * g.T @ g
        left_basis = np.linalg.qr(left @ left_basis).Q
        right_basis = np.linalg.qr(right @ right_basis).Q
        yield w


OWN_RULES = {"shampoo": shampoo, "soap": soap}

# --------------------------------------------------------------------------------------------------
# The checks
# --------------------------------------------------------------------------------------------------


def library_names():
    model = torch.nn.Linear(3, 2)
    return {
        "torch": torch,
        "schedulefree": schedulefree,
        "optax": optax,
        "model": model,
        "hidden_matrices": [model.weight],
    }


def check_arguments(card, text):
    """Runs the statements about `optimizer`; says which arguments are not what the library has."""
    names = library_names()
    execute(statements(text)[0], names)
    make, arguments = constructor(text, names)
    accepted = inspect.signature(make).parameters
    for key, value in arguments.items():
        if key not in accepted:
            yield f"there is no argument {key}"
        elif key not in CHOSEN.get(card, ()) and accepted[key].default not in (value, inspect.Parameter.empty):
            yield f"{key}={value}, but the default is {accepted[key].default}"


def check_trajectory(what, card, run, reference):
    """Compares two functions of start and gradients on the card's shapes."""
    for shape in LARGE_SHAPES.get(card, SHAPES):
        random = np.random.default_rng(0)
        start = random.standard_normal(shape)
        gradients = random.standard_normal((STEPS, *shape)) * random.uniform(0.1, 5.0, (STEPS, 1, 1))
        pairs = zip(run(start, gradients), reference(start, gradients), strict=True)
        error = np.max([np.abs(x - r) for x, r in pairs])
        if not error <= TOLERANCE:
            yield f"{what}, {shape[0]}x{shape[1]}: off by {error:.0e}"


def check_lines(card, lines, library, text):
    """Compares the lines of a step with the optimizer that `text` constructs, else with our own rule."""
    what = f"a step in {library.__name__}"
    if card in OWN_RULES:
        settings = OWN_SETTINGS[card]
        run = partial(by_lines, lines, library, settings)
        yield from check_trajectory(what, card, run, partial(OWN_RULES[card], **settings))
        return
    make, arguments = constructor(text, library_names())
    defaults = {key: parameter.default for key, parameter in inspect.signature(make).parameters.items()}
    for settings in (arguments, arguments | CHANGED[card]):
        names = defaults | settings
        for key, halves in PAIRS.items():
            if isinstance(names.get(key), tuple):
                names |= zip(halves, names[key])
        run = partial(by_lines, lines, library, names)
        in_optax = make.__module__.startswith("optax")
        reference = partial(by_optax, make(**settings)) if in_optax else partial(by_torch, partial(make, **settings))
        yield from check_trajectory(f"{what}, {settings}", card, run, reference)


def check_chain(card, text):
    """Compares the chain with the constructor."""
    for variant in dict.fromkeys([text, changed_text(text)]):
        names = library_names()
        execute(statements(variant)[0], names)

        def run(start, gradients):
            rows, columns = start.shape
            chain = eval(chain_of(variant), names | {"rows": rows, "columns": columns})
            return by_optax(chain, start, gradients)

        yield from check_trajectory("the chain", card, run, partial(by_optax, names["optimizer"]))


def check_card(card, pytorch, optax_text, adam_moments):
    in_torch, torch_lines = statements(pytorch)
    in_optax, optax_lines = statements(optax_text)
    if "after Adam's moments" in pytorch:
        torch_lines = adam_moments + torch_lines
    if in_torch:
        yield from check_arguments(card, pytorch)
    yield from check_lines(card, torch_lines, torch, pytorch if in_torch else optax_text)
    if in_optax:
        yield from check_arguments(card, optax_text)
        yield from check_chain(card, optax_text)
    else:
        yield from check_lines(card, optax_lines, jnp, optax_text)


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    jax.config.update("jax_enable_x64", True)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CARDS
    cards = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}
    if "adam" not in cards:
        sys.exit(f"{folder} holds no adam.toml, whose lines other cards begin with; name a folder of cards")
    adam_moments = statements(cards["adam"]["pytorch"])[1][:-1]
    wrong = 0
    for name, card in cards.items():
        try:
            found = list(check_card(name, card["pytorch"], card["optax"], adam_moments))
        except Exception as error:
            found = [f"{type(error).__name__}: {error}"]
        wrong += bool(found)
        print(f"{name}: {'; '.join(found) or 'OK'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
