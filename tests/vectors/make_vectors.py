"""Writes the reference vectors that the book's optimizers and schedules are held to.

One file in optimizers/ is one case: starting parameters, a fixed sequence of gradients, and the
parameters after every step as PyTorch or Optax computed them. One file in schedules/ is the learning
rate of every step. The files are the formats optimizer-vectors/1 and schedule-vectors/1.

    python -m venv .venv
    .venv/bin/pip install -r requirements.txt
    .venv/bin/python make_vectors.py            # writes the files
    .venv/bin/python make_vectors.py --check    # compares with the files; exit 1 when one differs

Everything runs on the CPU, in one thread, from seeds that follow from the case's name, so that every
run on a machine writes the same bytes. (Another processor's vector units may round a last digit
differently; such a difference is far below the tolerances.)

Every case is checked before it is written: its values are finite and of sane size, Lion never takes
the sign of a number that is nearly zero, and a float32 case agrees with the same case run by the same
library in float64, to half its tolerance, so that it asks of nobody to repeat one order of rounding.
"""

import argparse
import inspect
import json
import math
import os
import sys
import zlib
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from unittest import mock

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
import optax
import optax.contrib
import torch
from torch.optim import lr_scheduler

HERE = Path(__file__).resolve().parent
TINY = 1e-14
TOLERANCE = {"f64": 1e-11, "f32": 2e-5}
SCHEDULE_TOLERANCE = 1e-11
NUMPY = {"f64": np.float64, "f32": np.float32}
TORCH = {"f64": torch.float64, "f32": torch.float32}
STEPS = 28
LARGEST_PARAMETER = 1e6
SIGN_MARGIN = 1e-4

# --------------------------------------------------------------------------------------------------
# The optimizers
# --------------------------------------------------------------------------------------------------

# The tensor called "zero" starts at exactly zero (norms of zero in LAMB, LARS, and Adafactor); the
# others start at normal random values.
MIXED = {"w": (3, 4), "b": (4,), "s": (1,), "k": (2, 3, 2)}
WITH_ZERO = {"w": (3, 4), "b": (4,), "s": (1,), "zero": (2, 3)}
FACTORED = {"w": (3, 4), "b": (4,), "s": (1,), "k": (2, 3, 2), "column": (3, 1), "row": (1, 3), "zero": (2, 2)}
MATRICES = {"square": (3, 3), "wide": (2, 4), "tall": (4, 2), "row": (1, 3), "column": (3, 1)}


@dataclass
class Case:
    """One setting of one optimizer, run in both dtypes.

    `start` scales the first two gradients; 0.0 makes them exactly zero.
    `huge` says which gradients become huge: "many" coordinates, or only "one". "one" is for rules
    that are linear in the gradient, whose parameters jump as far as the gradient does.
    """

    optimizer: str
    setting: str
    library: str
    hyperparameters: dict
    start: float = 1.0
    huge: str = "many"
    shapes: dict = field(default_factory=lambda: MIXED)

    def name(self, dtype):
        return f"{self.optimizer}-{self.setting}-{dtype}"


def torch_case(optimizer, setting, hyperparameters, **rest):
    return Case(optimizer, setting, "torch", hyperparameters, **rest)


def optax_case(optimizer, setting, hyperparameters, **rest):
    return Case(optimizer, setting, "optax", hyperparameters, **rest)


# The first setting of an optimizer leaves keys out, so that the library's default is what counts.
CASES = [
    torch_case("sgd", "defaults", {"lr": 0.05}, huge="one"),
    torch_case("sgd", "explicit", {"lr": 0.1, "weight_decay": 0.01}, start=TINY, huge="one"),
    torch_case("sgd", "heavy-decay", {"lr": 0.2, "weight_decay": 2.5}, start=0.0, huge="one"),
    # The library's default momentum is 0, which would be plain SGD: it is always given.
    torch_case("momentum", "defaults", {"lr": 0.05, "momentum": 0.9}, huge="one"),
    torch_case("momentum", "explicit", {"lr": 0.1, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.01}, huge="one"),
    torch_case("momentum", "full-dampening", {"lr": 0.1, "momentum": 0.95, "dampening": 1.0}, huge="one"),
    torch_case("momentum", "zero-start", {"lr": 0.05, "momentum": 0.9, "dampening": 0.5}, start=0.0, huge="one"),
    torch_case("momentum", "heavy-decay", {"lr": 0.1, "momentum": 0.5, "weight_decay": 3.0}, start=TINY, huge="one"),
    torch_case("nesterov", "defaults", {"lr": 0.05, "momentum": 0.9}, start=0.0, huge="one"),
    torch_case("nesterov", "explicit", {"lr": 0.02, "momentum": 0.8, "weight_decay": 0.05}, huge="one"),
    torch_case("nesterov", "heavy-decay", {"lr": 0.1, "momentum": 0.99, "weight_decay": 2.0}, start=TINY, huge="one"),
    torch_case("adagrad", "defaults", {"lr": 0.1}, start=0.0),
    torch_case("adagrad", "explicit", {"lr": 0.5, "eps": 1e-6, "initial_accumulator_value": 0.1, "weight_decay": 0.01}, start=TINY),
    torch_case("adagrad", "large-eps", {"lr": 1.0, "eps": 1.0, "initial_accumulator_value": 10.0, "weight_decay": 0.5}),
    torch_case("adadelta", "defaults", {"lr": 1.0}, start=0.0),
    torch_case("adadelta", "explicit", {"lr": 0.5, "rho": 0.95, "eps": 1e-4}, start=TINY),
    torch_case("adadelta", "no-memory", {"lr": 2.0, "rho": 0.0, "eps": 0.1}),
    torch_case("rmsprop", "defaults", {"lr": 0.01}, start=0.0),
    torch_case("rmsprop", "explicit", {"lr": 0.005, "alpha": 0.9, "eps": 1e-6, "momentum": 0.5, "centered": False}, start=TINY),
    torch_case("rmsprop", "centered", {"lr": 0.01, "alpha": 0.95, "centered": True}, start=0.0),
    torch_case("rmsprop", "centered-momentum", {"lr": 0.002, "alpha": 0.8, "eps": 1e-4, "momentum": 0.9, "centered": True}),
    torch_case("rmsprop", "no-memory", {"lr": 0.1, "alpha": 0.0, "eps": 0.1}, start=TINY),
    torch_case("adam", "defaults", {"lr": 0.01}, start=0.0),
    torch_case("adam", "explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.01}, start=TINY),
    torch_case("adam", "no-momentum", {"lr": 0.1, "beta1": 0.0, "beta2": 0.5, "eps": 0.1}),
    torch_case("adam", "no-memory", {"lr": 0.02, "beta1": 0.0, "beta2": 0.0, "eps": 1e-3}, start=TINY),
    torch_case("adam", "heavy-decay", {"lr": 0.1, "weight_decay": 5.0}, start=0.0),
    torch_case("amsgrad", "defaults", {"lr": 0.01}, start=0.0),
    torch_case("amsgrad", "explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6}, start=TINY),
    torch_case("amsgrad", "short-memory", {"lr": 0.1, "beta1": 0.0, "beta2": 0.5, "eps": 0.01}),
    torch_case("adamw", "torch-defaults", {"lr": 0.01}, start=0.0),
    torch_case("adamw", "torch-explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1}, start=TINY),
    torch_case("adamw", "torch-heavy-decay", {"lr": 0.1, "beta1": 0.0, "eps": 0.1, "weight_decay": 5.0}),
    optax_case("adamw", "optax-defaults", {"lr": 0.05}, start=0.0),
    optax_case("adamw", "optax-explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1}, start=TINY),
    optax_case("adamw", "optax-heavy-decay", {"lr": 0.1, "beta1": 0.0, "eps": 0.1, "weight_decay": 5.0}),
    torch_case("nadam", "defaults", {"lr": 0.002}, start=0.0),
    torch_case("nadam", "explicit", {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "momentum_decay": 0.05}, start=TINY),
    torch_case("nadam", "no-momentum", {"lr": 0.05, "beta1": 0.0, "beta2": 0.5, "eps": 0.1}),
    torch_case("nadam", "no-momentum-decay", {"lr": 0.01, "momentum_decay": 0.0}),
    # Until RAdam rectifies, it is linear in the gradient; with beta2 = 0.5 it never does.
    torch_case("radam", "torch-defaults", {"lr": 0.01}, start=0.0),
    torch_case("radam", "torch-explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4}, start=TINY),
    torch_case("radam", "torch-large-eps", {"lr": 0.1, "beta1": 0.0, "beta2": 0.9, "eps": 0.5}),
    torch_case("radam", "torch-never-rectified", {"lr": 0.01, "beta2": 0.5}, huge="one"),
    # In float32 Optax loses digits of rho, the difference of two numbers near 2000: a small rate hides it.
    optax_case("radam", "optax-defaults", {"lr": 0.002}, start=0.0),
    optax_case("radam", "optax-explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4}, start=TINY),
    optax_case("radam", "optax-large-eps", {"lr": 0.1, "beta1": 0.0, "beta2": 0.9, "eps": 0.5}),
    optax_case("radam", "optax-never-rectified", {"lr": 0.01, "beta2": 0.5}, huge="one"),
    # Squared, these first gradients are below the square of the default eps1.
    torch_case("adafactor", "defaults", {"lr": 0.01}, start=1e-17, shapes=FACTORED),
    torch_case("adafactor", "explicit", {"lr": 0.05, "beta2_decay": -0.5, "eps1": 1e-6, "eps2": 0.01, "clip_threshold": 2.0, "weight_decay": 0.1}, start=TINY, shapes=FACTORED),
    torch_case("adafactor", "zero-start", {"lr": 0.1, "eps2": 0.5}, start=0.0, shapes=FACTORED),
    # A relative step of min(1, 1/sqrt(t)), no memory at all, and hardly a clip.
    torch_case("adafactor", "no-memory", {"lr": 1.0, "beta2_decay": 0.0, "eps1": 1e-3, "clip_threshold": 50.0, "weight_decay": 0.5}, shapes=FACTORED),
    optax_case("lamb", "defaults", {"lr": 0.01}, shapes=WITH_ZERO),
    optax_case("lamb", "explicit", {"lr": 0.05, "beta1": 0.8, "beta2": 0.95, "eps": 1e-4, "weight_decay": 0.1}, shapes=WITH_ZERO),
    optax_case("lamb", "zero-start", {"lr": 0.02, "eps": 0.1}, start=0.0, shapes=WITH_ZERO),
    optax_case("lamb", "heavy-decay", {"lr": 0.1, "beta1": 0.0, "beta2": 0.5, "weight_decay": 5.0}, start=0.0, shapes=WITH_ZERO),
    optax_case("lars", "defaults", {"lr": 0.5}, shapes=WITH_ZERO),
    optax_case("lars", "explicit", {"lr": 0.3, "weight_decay": 0.01, "trust_coefficient": 0.02, "eps": 1e-3, "momentum": 0.8}, shapes=WITH_ZERO),
    optax_case("lars", "zero-start", {"lr": 0.1, "trust_coefficient": 0.1, "momentum": 0.0}, start=0.0, shapes=WITH_ZERO),
    optax_case("lars", "heavy-decay", {"lr": 0.2, "weight_decay": 5.0, "trust_coefficient": 0.1, "eps": 1.0, "momentum": 0.5}, start=0.0, shapes=WITH_ZERO),
    optax_case("lion", "defaults", {"lr": 0.01}, start=0.0),
    optax_case("lion", "explicit", {"lr": 0.02, "beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1}, start=TINY),
    optax_case("lion", "no-momentum", {"lr": 0.1, "beta1": 0.0, "beta2": 0.5, "weight_decay": 5.0}, start=0.0),
    optax_case("lion", "no-memory", {"lr": 0.05, "beta1": 0.3, "beta2": 0.0, "weight_decay": 0.0}),
    optax_case("sign_sgd", "small-steps", {"lr": 0.001}),
    optax_case("sign_sgd", "zero-start", {"lr": 0.03}, start=0.0),
    optax_case("sign_sgd", "large-steps", {"lr": 0.5}, start=TINY),
    torch_case("muon", "defaults", {"lr": 0.02}, shapes=MATRICES),
    torch_case("muon", "explicit", {"lr": 0.05, "momentum": 0.8, "nesterov": True, "ns_steps": 4, "weight_decay": 0.01}, start=TINY, shapes=MATRICES),
    torch_case("muon", "no-nesterov", {"lr": 0.01, "nesterov": False}, start=0.0, shapes=MATRICES),
    torch_case("muon", "no-momentum", {"lr": 0.1, "momentum": 0.0, "nesterov": False, "ns_steps": 1, "weight_decay": 2.0}, shapes=MATRICES),
    optax_case("schedule_free_adamw", "defaults", {"lr": 0.0025}, start=0.0),
    optax_case("schedule_free_adamw", "explicit", {"lr": 0.02, "beta1": 0.95, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1}, start=TINY),
    optax_case("schedule_free_adamw", "no-decay", {"lr": 0.05, "beta1": 0.5, "beta2": 0.9, "eps": 1e-4, "weight_decay": 0.0}),
    optax_case("schedule_free_adamw", "heavy-decay", {"lr": 0.1, "beta1": 0.8, "beta2": 0.5, "eps": 0.1, "weight_decay": 3.0}),
]

TORCH_OPTIMIZERS = {
    "sgd": (torch.optim.SGD, {}),
    "momentum": (torch.optim.SGD, {}),
    "nesterov": (torch.optim.SGD, {"nesterov": True}),
    "adagrad": (torch.optim.Adagrad, {}),
    "adadelta": (torch.optim.Adadelta, {}),
    "rmsprop": (torch.optim.RMSprop, {}),
    "adam": (torch.optim.Adam, {}),
    "amsgrad": (torch.optim.Adam, {"amsgrad": True}),
    "adamw": (torch.optim.AdamW, {}),
    "nadam": (torch.optim.NAdam, {}),
    "radam": (torch.optim.RAdam, {}),
    "adafactor": (torch.optim.Adafactor, {}),
    "muon": (torch.optim.Muon, {}),
}

# optax.contrib.schedule_free_adamw wraps RMSProp with bias correction (Adam without momentum) and keeps
# z beside the parameters y that it returns, which are the ones the gradient is taken at. Every step:
#   v = b2 v + (1 - b2) g^2,   u = g / (sqrt(v / (1 - b2^t)) + eps) + weight_decay y,
#   x = (y - (1 - b1) z) / b1,   z = z - lr u,
#   x = (1 - c) x + c z,   y = b1 x + (1 - b1) z,
# with c = max_lr^2 / (the sum of max_lr^2 so far), which is 1/t for a constant rate.
OPTAX_OPTIMIZERS = {
    "adamw": optax.adamw,
    "radam": optax.radam,
    "lamb": optax.lamb,
    "lars": optax.lars,
    "lion": optax.lion,
    "sign_sgd": optax.sign_sgd,
    "schedule_free_adamw": optax.contrib.schedule_free_adamw,
}
OPTAX_NAMES = {"lr": "learning_rate", "beta1": "b1", "beta2": "b2"}

NOTES = {
    "muon": "Newton-Schulz runs in the dtype of the case: the library's cast to bfloat16 is replaced",
    "nadam": "torch.set_default_dtype is the dtype of the case, so that mu_product is kept in it",
}


def torch_arguments(make, hyperparameters):
    """Our keys as torch names them. A pair of which one half is absent takes torch's default for it."""
    accepted = inspect.signature(make).parameters
    arguments = dict(hyperparameters)
    for pair, halves in {"betas": ("beta1", "beta2"), "eps": ("eps1", "eps2")}.items():
        if any(half in arguments for half in halves):
            defaults = accepted[pair].default
            arguments[pair] = tuple(arguments.pop(half, default) for half, default in zip(halves, defaults))
    if "clip_threshold" in arguments:
        arguments["d"] = arguments.pop("clip_threshold")
    if "foreach" in accepted:
        arguments["foreach"] = False
    return arguments


def run_torch(case, dtype, start, gradients):
    """The parameters after every step, by torch, one tensor at a time on the CPU."""
    # NAdam keeps its product of momenta in torch's default dtype, whatever the parameters are.
    torch.set_default_dtype(TORCH[dtype])
    make, extra = TORCH_OPTIMIZERS[case.optimizer]
    parameters = [torch.tensor(values, dtype=TORCH[dtype]) for values in start]
    optimizer = make(parameters, **torch_arguments(make, case.hyperparameters), **extra)
    trajectory = []
    # Muon casts to torch.bfloat16 before Newton-Schulz: under this name it finds the case's dtype.
    with mock.patch.object(torch, "bfloat16", TORCH[dtype]):
        for step in gradients:
            for parameter, gradient in zip(parameters, step):
                parameter.grad = torch.tensor(gradient, dtype=TORCH[dtype])
            optimizer.step()
            trajectory.append([parameter.numpy().copy() for parameter in parameters])
    return trajectory


def run_optax(case, dtype, start, gradients):
    """The parameters after every step, by Optax; in float32 as it comes, in float64 with JAX's x64."""
    arguments = {OPTAX_NAMES.get(key, key): value for key, value in case.hyperparameters.items()}
    with jax.enable_x64(dtype == "f64"):
        optimizer = OPTAX_OPTIMIZERS[case.optimizer](**arguments)
        parameters = [jnp.asarray(values, dtype=NUMPY[dtype]) for values in start]
        state = optimizer.init(parameters)
        trajectory = []
        for step in gradients:
            step = [jnp.asarray(gradient, dtype=NUMPY[dtype]) for gradient in step]
            updates, state = optimizer.update(step, state, parameters)
            parameters = optax.apply_updates(parameters, updates)
            trajectory.append([np.asarray(parameter) for parameter in parameters])
    return trajectory


def run(case, dtype, start, gradients):
    return (run_torch if case.library == "torch" else run_optax)(case, dtype, start, gradients)


# --------------------------------------------------------------------------------------------------
# Parameters and gradients
# --------------------------------------------------------------------------------------------------

# Which steps are special; the others have ordinary gradients, near 1.
ZERO_STEPS = {7, 19}
TINY_STEPS = {4: 1e-12, 21: 1e-16, 22: 1e-20}
FLIP_STEPS = {10, 12, 13, 27}
HUGE_STEPS = {15: 1e6, 25: 1e10}
HUGE_ONE = 1e6
# float32 holds the squares of gradients between these two.
LEAST_TINY_F32 = 1e-12
MOST_HUGE_F32 = 1e4
# Special coordinates: one sleeps (is exactly zero) until a step, one is always near the usual eps, one is
# always exactly zero, so that only decay moves it.
FIRST_AWAKE_STEP = 6
FAINT = 1e-8


def round_digits(values):
    """Six significant digits keep the files small, and are the same decimal for every reader."""
    return np.array([float(f"{value:.6g}") + 0.0 for value in values.ravel()]).reshape(values.shape)


def make_start(rng, case):
    return [
        np.zeros(shape) if name == "zero" else np.round(rng.standard_normal(shape), 4)
        for name, shape in case.shapes.items()
    ]


def step_scale(case, dtype, step):
    """By what all gradients of this step are multiplied."""
    scale = 0.0 if step in ZERO_STEPS else TINY_STEPS.get(step, 1.0)
    if step < 2:
        scale = case.start
    return max(scale, LEAST_TINY_F32) if scale > 0.0 and dtype == "f32" else scale


def make_huge(case, dtype, step, gradients):
    """Multiplies some coordinates by the step's huge number: one of the first tensor, or a third of all."""
    if step not in HUGE_STEPS:
        return
    most = MOST_HUGE_F32 if dtype == "f32" else math.inf
    if case.huge == "one":
        gradients[0].ravel()[1] *= min(HUGE_ONE, most)
        return
    for gradient in gradients:
        gradient.ravel()[1::3] *= min(HUGE_STEPS[step], most)


def make_special_coordinates(step, scale, gradients):
    for gradient in gradients:
        values = gradient.ravel()
        if values.size > 1 and step < FIRST_AWAKE_STEP:
            values[0] = 0.0
        if values.size > 3:
            values[2] *= FAINT if scale == 1.0 else 1.0
            values[-1] = 0.0


def make_gradients(rng, case, dtype):
    """STEPS lists of one gradient a tensor."""
    gradients = []
    for step in range(STEPS):
        now = [rng.standard_normal(shape) for shape in case.shapes.values()]
        if step in FLIP_STEPS:
            now = [-1.5 * gradient for gradient in gradients[-1]]
        else:
            scale = step_scale(case, dtype, step)
            now = [scale * gradient for gradient in now]
            make_huge(case, dtype, step, now)
            make_special_coordinates(step, scale, now)
        gradients.append([round_digits(gradient) for gradient in now])
    return gradients


# --------------------------------------------------------------------------------------------------
# Checks
# --------------------------------------------------------------------------------------------------


def largest_error(start, trajectory, reference):
    """The largest |x - r| in units of max(1, the largest |r| of this coordinate so far)."""
    scale = [np.maximum(1.0, np.abs(values)) for values in start]
    worst = 0.0
    for values, wanted in zip(trajectory, reference):
        scale = [np.maximum(old, np.abs(tensor)) for old, tensor in zip(scale, wanted)]
        for x, r, unit in zip(values, wanted, scale):
            worst = max(worst, float(np.max(np.abs(x.astype(np.float64) - r) / unit)))
    return worst


def check_values(name, trajectory):
    for step in trajectory:
        for values in step:
            if not np.all(np.abs(values) <= LARGEST_PARAMETER):
                raise ValueError(f"{name}: a parameter is not finite, or beyond {LARGEST_PARAMETER}")


def check_float32(case, start, gradients, trajectory):
    """Runs the float32 case in float64: they must agree to half the tolerance."""
    wide = case
    if case.optimizer == "adafactor" and "eps1" not in case.hyperparameters:
        # The default eps1 is the dtype's machine epsilon: here float32's, also for the wide run.
        eps1 = float(np.finfo(np.float32).eps)
        wide = replace(case, hyperparameters={**case.hyperparameters, "eps1": eps1})
    error = largest_error(start, trajectory, run(wide, "f64", start, gradients))
    if error > TOLERANCE["f32"] / 2:
        raise ValueError(f"{case.name('f32')}: float32 and float64 differ by {error:.1e}")


def check_signs(case, gradients):
    """Lion's argument of sign() is exactly zero, or far from it for the size of what it is the sum of."""
    beta1 = case.hyperparameters.get("beta1", 0.9)
    beta2 = case.hyperparameters.get("beta2", 0.99)
    momenta = [np.zeros(shape) for shape in case.shapes.values()]
    for step in gradients:
        for momentum, gradient in zip(momenta, step):
            new, old = (1.0 - beta1) * gradient, beta1 * momentum
            if np.any(np.abs(new + old) < SIGN_MARGIN * (np.abs(new) + np.abs(old))):
                raise ValueError(f"{case.setting}: the sign of a number that is nearly zero")
            momentum *= beta2
            momentum += (1.0 - beta2) * gradient


# --------------------------------------------------------------------------------------------------
# The text of a case
# --------------------------------------------------------------------------------------------------


def number(value, dtype):
    """The shortest decimal that reads back as this value, also when it is read as float64 first."""
    text = repr(float(value)) if dtype == "f64" else str(np.float32(value))
    if NUMPY[dtype](float(text)) != value:
        raise ValueError(f"{text} does not read back")
    return text


def vector(values, dtype):
    return "[" + ", ".join(number(value, dtype) for value in values.ravel()) + "]"


def lines(rows):
    return "[\n" + ",\n".join(rows) + "\n]"


def steps_text(steps, dtype):
    return lines("[" + ", ".join(vector(values, dtype) for values in step) + "]" for step in steps)


def source(library, note=None):
    if library == "formula":
        return {"library": "formula", "version": "1"}
    text = {"library": library, "version": version(library)}
    return text if note is None else {**text, "note": note}


def object_text(pairs):
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {text}" for key, text in pairs) + "\n}\n"


def case_text(case, dtype):
    """Runs a case, checks it, and returns its file's text."""
    rng = np.random.default_rng(zlib.crc32(f"{case.optimizer}-{case.setting}".encode()))
    start = [values.astype(NUMPY[dtype]) for values in make_start(rng, case)]
    gradients = [[g.astype(NUMPY[dtype]) for g in step] for step in make_gradients(rng, case, dtype)]
    trajectory = run(case, dtype, start, gradients)
    check_values(case.name(dtype), trajectory)
    if dtype == "f32":
        check_float32(case, start, gradients, trajectory)
    if case.optimizer == "lion":
        check_signs(case, gradients)
    parameters = lines(
        f'{{"name": {json.dumps(name)}, "shape": {json.dumps(shape)}, "values": {vector(values, dtype)}}}'
        for (name, shape), values in zip(case.shapes.items(), start)
    )
    return object_text([
        ("format", json.dumps("optimizer-vectors/1")),
        ("source", json.dumps(source(case.library, NOTES.get(case.optimizer)))),
        ("optimizer", json.dumps(case.optimizer)),
        ("hyperparameters", json.dumps(case.hyperparameters)),
        ("dtype", json.dumps(dtype)),
        ("parameters", parameters),
        ("gradients", steps_text(gradients, dtype)),
        ("trajectory", steps_text(trajectory, dtype)),
        ("tolerance", json.dumps({"relative": TOLERANCE[dtype]})),
    ])


# --------------------------------------------------------------------------------------------------
# The schedules
# --------------------------------------------------------------------------------------------------

# Schedule, setting, hyperparameters, how many steps. Keys left out take the library's default;
# a cycle of which only step_size_up is given falls as long as it rises.
SCHEDULES = [
    ("step", "defaults", {"base_lr": 0.1, "step_size": 7}, 40),
    ("step", "explicit", {"base_lr": 0.5, "step_size": 3, "gamma": 0.7}, 40),
    ("step", "every-step", {"base_lr": 2.0, "step_size": 1, "gamma": 0.95}, 40),
    ("exponential", "slow", {"base_lr": 0.1, "gamma": 0.97}, 60),
    ("exponential", "fast", {"base_lr": 3.0, "gamma": 0.5}, 60),
    ("exponential", "constant", {"base_lr": 0.01, "gamma": 1.0}, 10),
    ("polynomial", "defaults", {"base_lr": 0.1, "total_steps": 20}, 40),
    ("polynomial", "square", {"base_lr": 0.3, "total_steps": 33, "power": 2.0}, 60),
    ("polynomial", "root", {"base_lr": 1.0, "total_steps": 10, "power": 0.5}, 20),
    ("linear", "to-zero", {"base_lr": 0.1, "min_lr": 0.0, "total_steps": 20}, 40),
    ("linear", "to-min", {"base_lr": 0.3, "min_lr": 0.07, "total_steps": 33}, 60),
    ("linear", "one-step", {"base_lr": 0.3, "min_lr": 0.1, "total_steps": 1}, 5),
    ("cosine", "defaults", {"base_lr": 0.1, "total_steps": 20}, 60),
    ("cosine", "explicit", {"base_lr": 0.3, "total_steps": 33, "min_lr": 0.01}, 80),
    ("cosine", "short", {"base_lr": 2.0, "total_steps": 2, "min_lr": 0.5}, 10),
    ("cosine_restarts", "defaults", {"base_lr": 0.1, "first_period": 10}, 45),
    ("cosine_restarts", "doubling", {"base_lr": 0.3, "first_period": 5, "period_mult": 2, "min_lr": 0.01}, 90),
    ("cosine_restarts", "tripling", {"base_lr": 1.0, "first_period": 1, "period_mult": 3, "min_lr": 0.1}, 60),
    ("cyclic", "defaults", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 8}, 70),
    ("cyclic", "triangular", {"base_lr": 0.001, "max_lr": 0.5, "step_size_up": 5, "step_size_down": 11, "mode": "triangular"}, 70),
    ("cyclic", "triangular2", {"base_lr": 0.1, "max_lr": 1.0, "step_size_up": 7, "step_size_down": 3, "mode": "triangular2"}, 70),
    ("one_cycle", "defaults", {"max_lr": 0.1, "total_steps": 25}, 40),
    ("one_cycle", "explicit", {"max_lr": 1.0, "total_steps": 40, "pct_start": 0.25, "div_factor": 10.0, "final_div_factor": 100.0}, 60),
    ("one_cycle", "late-peak", {"max_lr": 0.5, "total_steps": 33, "pct_start": 0.85, "div_factor": 2.0, "final_div_factor": 1.0}, 50),
    ("warmup_cosine", "defaults", {"initial_lr": 0.0, "base_lr": 0.1, "warmup_steps": 5, "total_steps": 30}, 50),
    ("warmup_cosine", "explicit", {"initial_lr": 0.01, "base_lr": 0.5, "warmup_steps": 10, "total_steps": 43, "min_lr": 0.05}, 60),
    ("warmup_cosine", "no-warmup", {"initial_lr": 0.01, "base_lr": 0.3, "warmup_steps": 0, "total_steps": 20, "min_lr": 0.001}, 30),
    ("inverse_sqrt", "ordinary", {"base_lr": 0.1, "warmup_steps": 10}, 80),
    ("inverse_sqrt", "long-warmup", {"base_lr": 1.0, "warmup_steps": 37}, 100),
    ("inverse_sqrt", "one-step-warmup", {"base_lr": 0.5, "warmup_steps": 1}, 30),
    ("wsd", "ordinary", {"base_lr": 0.1, "warmup_steps": 5, "stable_steps": 20, "decay_steps": 10, "min_lr": 0.01}, 50),
    ("wsd", "no-warmup", {"base_lr": 0.3, "warmup_steps": 0, "stable_steps": 7, "decay_steps": 13, "min_lr": 0.0}, 30),
    ("wsd", "no-plateau", {"base_lr": 1.0, "warmup_steps": 9, "stable_steps": 0, "decay_steps": 17, "min_lr": 0.3}, 40),
]

TORCH_SCHEDULES = {
    "step": (lr_scheduler.StepLR, {}, {}),
    "exponential": (lr_scheduler.ExponentialLR, {}, {}),
    "polynomial": (lr_scheduler.PolynomialLR, {"total_steps": "total_iters"}, {}),
    "cosine": (lr_scheduler.CosineAnnealingLR, {"total_steps": "T_max", "min_lr": "eta_min"}, {}),
    "cosine_restarts": (
        lr_scheduler.CosineAnnealingWarmRestarts,
        {"first_period": "T_0", "period_mult": "T_mult", "min_lr": "eta_min"},
        {},
    ),
    "cyclic": (lr_scheduler.CyclicLR, {}, {"cycle_momentum": False}),
    "one_cycle": (lr_scheduler.OneCycleLR, {}, {"cycle_momentum": False}),
}
OPTAX_SCHEDULES = {
    "linear": (
        optax.linear_schedule,
        {"base_lr": "init_value", "min_lr": "end_value", "total_steps": "transition_steps"},
    ),
    "warmup_cosine": (
        optax.warmup_cosine_decay_schedule,
        {"initial_lr": "init_value", "base_lr": "peak_value", "total_steps": "decay_steps", "min_lr": "end_value"},
    ),
}


def inverse_sqrt(step, base_lr, warmup_steps):
    return base_lr * min((step + 1) / warmup_steps, math.sqrt(warmup_steps / (step + 1)))


def wsd(step, base_lr, warmup_steps, stable_steps, decay_steps, min_lr):
    if step < warmup_steps:
        return base_lr * (step + 1) / warmup_steps
    decayed = min(max(step - warmup_steps - stable_steps, 0), decay_steps)
    return base_lr + (min_lr - base_lr) * decayed / decay_steps


FORMULAS = {"inverse_sqrt": inverse_sqrt, "wsd": wsd}


def last_step(schedule, hyperparameters):
    """The step from which a torch schedule is held: there torch rises again (cosine), raises an error
    (one_cycle), or holds the rate itself (polynomial). None for a schedule that does not end."""
    if schedule in ("cosine", "polynomial"):
        return hyperparameters["total_steps"]
    return hyperparameters["total_steps"] - 1 if schedule == "one_cycle" else None


def torch_rates(schedule, hyperparameters, steps):
    """The rate that each step uses, read before the scheduler moves on; past the end, the last one."""
    make, names, extra = TORCH_SCHEDULES[schedule]
    arguments = {names.get(key, key): value for key, value in hyperparameters.items()}
    lr = arguments["max_lr"] if schedule == "one_cycle" else arguments["base_lr"]
    if schedule != "cyclic":
        arguments.pop("base_lr", None)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=lr)
    scheduler = make(optimizer, **arguments, **extra)
    end = last_step(schedule, hyperparameters)
    rates = []
    for step in range(steps):
        if end is not None and step > end:
            rates.append(rates[-1])
            continue
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def optax_rates(schedule, hyperparameters, steps):
    """Optax's schedules are functions of the step, and hold their last value themselves."""
    make, names = OPTAX_SCHEDULES[schedule]
    with jax.enable_x64(True):
        rate = make(**{names.get(key, key): value for key, value in hyperparameters.items()})
        return [float(rate(step)) for step in range(steps)]


def formula_rates(schedule, hyperparameters, steps):
    return [FORMULAS[schedule](step, **hyperparameters) for step in range(steps)]


def schedule_text(schedule, hyperparameters, steps):
    for library, table, rates_of in (
        ("torch", TORCH_SCHEDULES, torch_rates),
        ("optax", OPTAX_SCHEDULES, optax_rates),
        ("formula", FORMULAS, formula_rates),
    ):
        if schedule in table:
            rates = rates_of(schedule, hyperparameters, steps)
            break
    return object_text([
        ("format", json.dumps("schedule-vectors/1")),
        ("source", json.dumps(source(library))),
        ("schedule", json.dumps(schedule)),
        ("hyperparameters", json.dumps(hyperparameters)),
        ("learning_rates", lines(number(rate, "f64") for rate in rates)),
        ("tolerance", json.dumps({"relative": SCHEDULE_TOLERANCE})),
    ])


# --------------------------------------------------------------------------------------------------
# The files
# --------------------------------------------------------------------------------------------------


def make_files():
    """Every file's text, by its path below this directory."""
    files = {}
    for case in CASES:
        for dtype in ("f64", "f32"):
            files[f"optimizers/{case.name(dtype)}.json"] = case_text(case, dtype)
    for schedule, setting, hyperparameters, steps in SCHEDULES:
        files[f"schedules/{schedule}-{setting}.json"] = schedule_text(schedule, hyperparameters, steps)
    if len(files) != 2 * len(CASES) + len(SCHEDULES):
        raise ValueError("two cases have one name")
    return files


def committed_files():
    paths = [*HERE.glob("optimizers/*.json"), *HERE.glob("schedules/*.json")]
    return {path.relative_to(HERE).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def differences(files, committed):
    """A line for every file that is missing, differs, or that no case makes."""
    for name in sorted(files.keys() | committed.keys()):
        if name not in committed:
            yield f"{name}: missing"
        elif name not in files:
            yield f"{name}: no case makes it"
        elif files[name] != committed[name]:
            yield f"{name}: differs"


def write(files):
    for name, text in files.items():
        path = HERE / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def main():
    parser = argparse.ArgumentParser(description="Writes the reference vectors.")
    parser.add_argument("--check", action="store_true", help="compare with the files instead of writing them")
    check = parser.parse_args().check
    torch.set_num_threads(1)
    files = make_files()
    if not check:
        write(files)
    found = list(differences(files, committed_files()))
    print("\n".join(found) or f"{len(files)} files, {sum(map(len, files.values()))} bytes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
