"""Runs notebooks from the first cell to the last in a Jupyter kernel, as a reader would.

    python run_notebooks.py KERNEL NOTEBOOK...

Fails if a cell fails, or puts out something else than is stored (cells tagged `varies` apart; in a
notebook that was never run, such as those with the problems, nothing is stored).
Prints how long the kernel took to start, the first figure from then on, and a typical cell.
"""

import sys
import time
from pathlib import Path
from statistics import median

import nbformat
from nbclient import NotebookClient

FIGURE = "text/html"
PANIC = "cell panicked: "


def comparable(outputs):
    """Outputs without what may differ from run to run: counters, and how text was cut up."""
    printed, results = "", []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stdout":
            printed += output.text
        elif output.output_type in ("execute_result", "display_data"):
            results.append({kind: text.strip() for kind, text in output.data.items()})
        elif output.output_type == "stream":
            results.append({"stderr": output.text})
        else:
            results.append({"error": output.evalue})
    return printed.strip(), results


def run(path, kernel):
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    notebook = nbformat.from_dict(stored.copy())
    started = time.monotonic()
    times = {"first figure": None, "cells": []}
    began = {}

    def on_start(cell, cell_index):
        began[cell_index] = time.monotonic()

    def on_done(cell, cell_index, execute_reply):
        took = time.monotonic() - began[cell_index]
        if cell.cell_type == "code":
            times["cells"].append(took)
        if times["first figure"] is None and any(FIGURE in o.get("data", {}) for o in cell.outputs):
            times["first figure"] = time.monotonic() - began[min(began)]

    client = NotebookClient(
        notebook,
        timeout=600,
        startup_timeout=300,
        kernel_name=kernel,
        resources={"metadata": {"path": str(Path(path).parent)}},
        on_cell_start=on_start,
        on_cell_executed=on_done,
    )
    client.execute()

    wrong = []
    cells = 0
    never_run = all(cell.get("execution_count") is None for cell in stored.cells)
    for before, after in zip(stored.cells, notebook.cells):
        if before.cell_type != "code":
            continue
        cells += 1
        if any(PANIC in output.get("text", "") for output in after.outputs):
            wrong.append(f"{path}: {after.id} panicked")
        elif never_run or "varies" in before.metadata.get("tags", []):
            continue
        elif comparable(before.outputs) != comparable(after.outputs):
            was, now = comparable(before.outputs), comparable(after.outputs)
            wrong.append(f"{path}: {after.id} differs\n  stored: {was[0]!r}\n  now:    {now[0]!r}")
    small = median(times["cells"])
    print(
        f"{path} in kernel `{kernel}`: {cells} cells in {time.monotonic() - started:.1f} s; "
        f"kernel up after {min(began.values()) - started:.1f} s, first figure "
        f"{times['first figure']:.1f} s later, median cell {small:.2f} s",
        flush=True,
    )
    return wrong


def main():
    kernel, paths = sys.argv[1], sys.argv[2:]
    wrong = [complaint for path in paths for complaint in run(path, kernel)]
    print("\n".join(wrong))
    print(f"{len(paths)} notebooks run, {len(wrong)} cells wrong")
    sys.exit(bool(wrong) or not paths)


if __name__ == "__main__":
    main()
