"""Runs the PyTorch and Optax code that the page's schedule designer writes.

Each design's snippets are taken from the exploration as the page gets them and executed as they stand; the
rate of every step has to be the one of this book's schedule.

    .venv/bin/pip install -r requirements.txt
    .venv/bin/python check_schedules.py     # exit 1 when a snippet is wrong
"""

import html
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import torch

ROOT = Path(__file__).resolve().parents[2]
# The model's run has so many steps; the code is asked for the same, so that rates can be compared.
STEPS = 500
TOLERANCE = 1e-9
DESIGNS = [
    {},
    {"decay": "none"},
    {"warmup": "0", "decay": "none"},
    {"warmup": "5", "decay": "cosine", "end": "0.1"},
    {"main": "cosine", "decay": "none"},
    {"main": "cosine", "floor": "0", "warmup": "0", "decay": "none"},
    {"main": "cosine", "floor": "0.5"},
    {"main": "linear", "decay": "none"},
    {"main": "linear", "floor": "0.2", "warmup": "0", "decay": "cosine"},
    {"main": "square", "decay": "none"},
    {"main": "square", "from": "300", "end": "0.5"},
    {"main": "inverse-sqrt", "decay": "none"},
    {"main": "inverse-sqrt", "warmup": "0", "decay": "none"},
    {"main": "inverse-sqrt", "decay": "cosine"},
    {"main": "step", "cut": "0.3", "every": "120"},
    {"main": "step", "every": "55", "warmup": "0", "decay": "none"},
    {"main": "exponential", "decay": "none"},
    {"main": "exponential", "cut": "0.2", "warmup": "400", "from": "495", "decay": "linear"},
]
PEAKS = ["0.3", "1"]


def views(settings):
    """What the page shows for each of these settings."""
    requests = [json.dumps({"explore": {"id": "schedule", "settings": each}}) for each in settings]
    command = ["cargo", "run", "--quiet", "-p", "playground", "--example", "answer"]
    answered = subprocess.run(
        command, cwd=ROOT, input="\n".join(requests), stdout=subprocess.PIPE, text=True, check=True
    )
    return [json.loads(line) for line in answered.stdout.splitlines()]


def snippet(view, library):
    """The code in the part whose title names the library."""
    (part,) = [part for part in view["parts"] if f"<summary>Code for {library}</summary>" in part]
    return html.unescape(re.search(r"<pre[^>]*>(.*)</pre>", part, re.DOTALL)[1])


def rates_of_torch(code, steps):
    names = {"model": torch.nn.Linear(1, 1)}
    exec(code, names)
    optimizer, scheduler = names["optimizer"], names["scheduler"]
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def rates_of_optax(code, steps):
    names = {}
    exec(code, names)
    return [float(names["schedule"](jax.numpy.asarray(count))) for count in range(steps)]


def furthest(rates, ours):
    return max(abs(rate - our) for rate, our in zip(rates, ours, strict=True))


def main():
    jax.config.update("jax_enable_x64", True)
    warnings.simplefilter("error")
    designs = [{**design, "peak": peak, "rate": peak, "steps": str(STEPS)} for design in DESIGNS for peak in PEAKS]
    wrong = 0
    for design, view in zip(designs, views(designs), strict=True):
        if "error" in view:
            found = [view["error"]]
        else:
            ours = view["series"]["rates"]
            errors = {
                "PyTorch": furthest(rates_of_torch(snippet(view, "PyTorch"), STEPS), ours),
                "Optax": furthest(rates_of_optax(snippet(view, "Optax"), STEPS), ours),
            }
            found = [f"{library} is off by {error:.0e}" for library, error in errors.items() if not error <= TOLERANCE]
        wrong += bool(found)
        print(f"{design}: {'; '.join(found) or 'OK'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
