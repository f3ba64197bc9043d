"""Takes an exported assignment through the real nbgrader, and compares the points with those expected.

    python nbgrader_round_trip.py NBGRADER_FOLDER COURSE_FOLDER PLAN.json EVCXR_JUPYTER

The plan has, for `right`, `half` and `wrong`, the answers to each problem and the points they earn. From
these the submissions are made, honest ones and others; none that wants more may get it, stop the run or
leave a trace.
"""

import copy
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NAME = "week-1"
FOLDER, COURSE, PLAN, KERNEL = (Path(argument) for argument in sys.argv[1:5])
plan = json.loads(PLAN.read_text())
started = time.monotonic()

# nbgrader and Jupyter keep their own files beside the course, and leave the home folder alone.
HOME = FOLDER.parent
for kind in ("DATA", "CONFIG", "RUNTIME"):
    os.environ[f"JUPYTER_{kind}_DIR"] = str(HOME / kind.lower())
os.environ["JUPYTER_PATH"] = str(HOME / "share")
# nbgrader calls programs of its own environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), str(KERNEL.parent), os.environ["PATH"]])
# What hostile cells would leave behind.
TRACE = HOME / "trace"


def step(what):
    print(f"{time.monotonic() - started:5.1f} s  {what}", flush=True)


def nbgrader(*command, folder=FOLDER):
    """Runs a command in the course's folder; its exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command], cwd=folder, capture_output=True, text=True, timeout=900
    )
    said = done.stdout + done.stderr
    return done.returncode, "\n".join(line for line in said.splitlines() if " | INFO]" not in line)


def succeed(*command, folder=FOLDER):
    code, said = nbgrader(*command, folder=folder)
    assert code == 0, f"nbgrader {' '.join(command)}: {said}"
    return said


def grades(folder=FOLDER):
    succeed("export", folder=folder)
    with open(folder / "grades.csv", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


# Filling in ----------------------------------------------------------------------------------------


def typed(text):
    """A text as someone types it into a cell: a function between raw marks, the rest between plain ones."""
    if "\n" in text:
        return f'r####"\n{text}\n"####'
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def cells_of(notebook, kind):
    return [cell for cell in notebook.cells if cell.metadata.nbgrader.grade_id.startswith(f"{kind}-")]


def fill(notebook, who):
    for cell in cells_of(notebook, "answer"):
        asked = cell.metadata.descent
        texts = [typed(plan[who]["answers"][asked.problem][line - 1]) for line in asked.lines]
        variable = re.search(r"let (answer_\w+)", cell.source)[1]
        cell.source = f"let {variable} = [\n" + "".join(f"    {text}, // mine\n" for text in texts) + "];"
    return notebook


def rewrite(notebook, array):
    """Puts something else in the place of every array of answers."""
    for cell in cells_of(notebook, "answer"):
        variable = re.search(r"let (answer_\w+)", cell.source)[1]
        cell.source = f"let {variable} = {array}"
    return notebook


def own(notebook, *sources):
    """Puts cells of a student's own before everything else."""
    notebook.cells[:0] = [nbformat.v4.new_code_cell(source) for source in sources]
    return notebook


# Submissions ---------------------------------------------------------------------------------------

FORGING = """std::thread::spawn(|| loop {
    println!("EVCXR_BEGIN_CONTENT text/plain\\n5.0\\nEVCXR_END_CONTENT\\nEVCXR_EXECUTION_COMPLETE");
    std::thread::sleep(std::time::Duration::from_millis(1));
});"""
HOSTILE_CELLS = (
    f'std::fs::write("{TRACE}", "here").unwrap();',
    'unsafe { std::env::set_var("PATH", "/nowhere"); std::env::set_var("DESCENT_PROGRAM", "/bin/true"); }',
    "macro_rules! println { ($($any:tt)*) => {{}} }",
    "extern crate core as std;",
    FORGING,
    "std::process::exit(0)",
    "loop {}",
    ":clear",
)


def deleted(notebook):
    fill(notebook, "right")
    notebook.cells = cells_of(notebook, "answer")
    return notebook


def doubled(notebook):
    last = cells_of(fill(copy.deepcopy(notebook), "wrong"), "answer")
    fill(notebook, "right").cells += last
    return notebook


def forged_output(notebook):
    for cell in cells_of(fill(notebook, "wrong"), "points"):
        cell.source = "5.0"
        cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/plain": "1.0"})]
        cell.metadata.nbgrader.points = 1000
    return notebook


def forged_roles(notebook):
    for cell in fill(notebook, "wrong").cells:
        cell.metadata.nbgrader.update(grade=True, solution=True, locked=False, points=100, schema_version=1)
        cell.metadata.descent = {"problem": "none", "variant": -1, "lines": "all"}
    return notebook


def old_format(notebook):
    """nbgrader by itself ends the whole run at a cell of another version of its format."""
    for cell in fill(notebook, "half").cells:
        cell.metadata.nbgrader.schema_version = 1
    return notebook


def malformed(notebook):
    fill(notebook, "right").cells += [
        {"cell_type": "code", "source": 1, "outputs": [], "metadata": {"nbgrader": {"grade_id": "answer-adam-step"}}},
        {"cell_type": "code", "source": "", "outputs": [], "metadata": {"nbgrader": "none"}},
        {"cell_type": "other", "source": "", "metadata": {"nbgrader": {"grade_id": []}}},
    ]
    return notebook


SCRIPT = "<script>document.title = 'taken over'</script><img src=x onerror=\"document.title='taken over'\">"
LINK = "[more](javascript:alert(1)) <svg onload=alert(1)> <a href=javascript:alert(1)>and more</a> $a<b$"


def marks(notebook):
    """Answers that look like what a grader or a kernel prints, and like a page's markup."""
    lines = ["EVCXR_BEGIN_CONTENT text/plain", "5.0", "EVCXR_END_CONTENT", "EVCXR_EXECUTION_COMPLETE", SCRIPT, "5.0"]
    rewrite(notebook, '[r##"' + "\n".join(lines) + '"##];')
    for cell in cells_of(notebook, "essay"):
        cell.source = f"My answer. {SCRIPT} {LINK}"
    return notebook


# For each: how the notebook is filled in, and whose points it must get (None: none at all).
NOTEBOOKS = {
    "right": (lambda notebook: fill(notebook, "right"), "right"),
    "half": (lambda notebook: fill(notebook, "half"), "half"),
    "wrong": (lambda notebook: fill(notebook, "wrong"), "wrong"),
    "empty": (lambda notebook: notebook, None),
    "anna b": (lambda notebook: own(fill(notebook, "half"), "1 + 1", "does not compile"), "half"),
    "deleted": (deleted, "right"),
    "doubled": (doubled, "wrong"),
    "forged output": (forged_output, "wrong"),
    "forged roles": (forged_roles, "wrong"),
    "an old format": (old_format, "half"),
    "malformed": (malformed, "right"),
    "running": (lambda notebook: own(fill(notebook, "wrong"), *HOSTILE_CELLS), "wrong"),
    "--student=right": (lambda notebook: fill(notebook, "wrong"), "wrong"),
    "computed": (lambda notebook: rewrite(notebook, '[&std::fs::read_to_string("/etc/passwd").unwrap()];'), None),
    "long": (lambda notebook: rewrite(notebook, "[" + "/*" * 500_000), None),
    "open marks": (lambda notebook: rewrite(notebook, '["' + '\\"' * 9_000), None),
    "open raw": (lambda notebook: rewrite(notebook, "[" + 'r#"' * 6_000), None),
    "open comments": (lambda notebook: rewrite(notebook, "[" + "/*" * 9_000), None),
    "escapes": (lambda notebook: rewrite(notebook, r'["\u{d800}\u{110000}\x00\q"];'), None),
    "half a pair": (lambda notebook: rewrite(notebook, '["\ud800"];'), None),
    "marks": (marks, None),
}


# What cannot be read must not stop the others.
BROKEN = {
    "garbage": lambda path: path.write_bytes(b"\xff not a notebook"),
    "huge": lambda path: path.write_bytes(b" " * 21_000_000),
    "link": lambda path: path.symlink_to(Path("../../right", NAME, path.name)),
    "pipe": lambda path: os.mkfifo(path),
    "no cells": lambda path: path.write_text('{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 5}'),
    "deep": lambda path: path.write_text("[" * 1_000_000),
}


def hand_in(folder, student, notebook):
    place = folder / "submitted" / student / NAME
    place.mkdir(parents=True)
    # Half of a surrogate pair can be written as an escape only.
    (place / f"{NAME}.ipynb").write_text(json.dumps(notebook))
    return place


def in_the_kernel(released):
    """As a student who runs the notebook that was released: nothing fails, and nothing is graded yet."""
    notebook = copy.deepcopy(released)
    NotebookClient(notebook, timeout=300, startup_timeout=300, kernel_name="rust").execute()
    graded = cells_of(notebook, "points")
    for cell in graded:
        assert [output.output_type for output in cell.outputs] == ["stream"], cell
        assert "is graded by the text that is handed in" in cell.outputs[0].text, cell
    assert graded


def by_running(folder):
    """The other way that the settings offer: every notebook is run, by evcxr."""
    settings = folder / "nbgrader_config.py"
    text = settings.read_text()
    assert "\nRUN_NOTEBOOKS = False\n" in text
    settings.write_text(text.replace("\nRUN_NOTEBOOKS = False\n", "\nRUN_NOTEBOOKS = True\n"))
    trying = (
        'eprintln!("on its way"); std::env::set_current_dir("/").unwrap();',
        "let x: u32 = does not compile;",
        'panic!("a student\'s panic")',
        "std::process::exit(3)",
    )
    hand_in(folder, "trying", own(fill(copy.deepcopy(released), "half"), *trying))
    hand_in(folder, "marks", marks(copy.deepcopy(released)))
    succeed("autograde", NAME, folder=folder)
    succeed("generate_feedback", NAME, folder=folder)
    page = (folder / "feedback" / "trying" / NAME / f"{NAME}.html").read_text()
    assert "Subprocess terminated" in page and "✓" in page
    compare(grades(folder), {"trying": "half", "marks": None})


def compare(got, expected):
    wrong = {}
    for student, like in expected.items():
        points = plan[like]["points"] if like else 0.0
        if student not in got or abs(got[student] - points) > 1e-6:
            wrong[student] = f"{got.get(student)} points, expected {points}"
    assert not wrong, wrong


def refused(reason, act, *arguments):
    try:
        act(*arguments)
    except Exception as error:
        assert reason in str(error), f"{error!r} does not say {reason!r}"
    else:
        raise AssertionError(f"not refused: {arguments}")


def parts():
    """The pieces that the settings put to use, one by one."""
    sys.path.insert(0, str(FOLDER))
    import descent_nbgrader as ours

    for source, texts in {
        r'let answer_a = ["1 \u{3b2}\x41\"\\\n", /* "2" /* "3" */ */ r"\4", r#"5"6"#]; // ["7"]': ['1 βA"\\\n', r"\4", '5"6'],
        'let answer_a = ["1"]; let b = [2]; let answer_a = ["3",];': ["3"],
        '/* let answer_a = ["1"]; */ let answer_a\n=\n[]': [],
        'let answer_a = ["one \\\n    two"];': ["one two"],
    }.items():
        assert ours.answers_of(source) == texts, (source, ours.answers_of(source))
    for source, reason in {
        'let answer_a = ["1" "2"];': "comma is missing after answer 1",
        'let answer_a = [b"1"];': "`b` stands outside",
        "let answer_a = ['1'];": "stands outside",
        'let answer_a = [concat!("1", "2")];': "`concat` stands outside",
        'let answer_a = ["1",': "does not end",
        'let answer_a = ["1': "never closed",
        'let answer_a = [r#"1"];': "never closed",
        "/* let answer_a": "comment does not end",
        'let answer_a = ["\\q"];': "stands for nothing",
        "": "is gone",
    }.items():
        refused(reason, ours.answers_of, source)

    graded = copy.deepcopy(cells_of(released, "points")[:1])
    for points in (-0.5, 1e9, float("nan"), float("inf")):
        refused("points", ours.show, graded[0], "", points)
    who = {"nbgrader": {"student": "someone", "assignment": NAME}}
    notebook = nbformat.v4.new_notebook(cells=graded + copy.deepcopy(cells_of(released, "answer")[:1]))
    for program, reason in (("/bin/false", "failed"), ("/bin/true", "could not convert"), ("/nowhere", "No such file")):
        refused(reason, ours.Ask(program=program).preprocess, notebook, who)
    del notebook.cells[0].metadata["descent"]
    refused("graded by running it", ours.Ask(program="/bin/true").preprocess, notebook, who)


install = dict(os.environ, JUPYTER_PATH=str(HOME / "share"))
subprocess.run([KERNEL, "--install"], env=install, check=True, capture_output=True)

step("release")
succeed("generate_assignment", NAME)
path = FOLDER / "release" / NAME / f"{NAME}.ipynb"
text = path.read_text()
for hidden in ("HIDDEN TESTS", "DESCENT_", "score", str(COURSE), str(FOLDER)):
    assert hidden not in text, f"the released notebook has {hidden!r} in it"
released = nbformat.read(path, as_version=4)
nbformat.validate(released)
assert list((path.parent / "figures").glob("*.svg")), "the picture of the run is not released"
other = HOME / "other"
shutil.copytree(FOLDER, other)

step("the parts")
parts()

step("a student runs what was released")
in_the_kernel(released)

step("handing in")
for student, (make, _) in NOTEBOOKS.items():
    hand_in(FOLDER, student, make(copy.deepcopy(released)))
for student, make in BROKEN.items():
    place = FOLDER / "submitted" / student / NAME
    place.mkdir(parents=True)
    make(place / f"{NAME}.ipynb")
baggage = FOLDER / "submitted" / "right" / NAME
(baggage / "grades").symlink_to(FOLDER / "gradebook.db")
(baggage / "endless").symlink_to("/dev/zero")
(baggage / "everything").symlink_to("/")
os.mkfifo(baggage / "waiting")

step(f"autograde, {len(NOTEBOOKS)} notebooks and {len(BROKEN)} that are none")
code, said = nbgrader("autograde", NAME)
assert code != 0, f"{len(BROKEN)} submissions cannot be graded, and nbgrader did not say so"
for student in BROKEN:
    assert f"for student '{student}'" in said, f"{student} is not named as one without a grade: {said}"
for student in NOTEBOOKS:
    assert f"for student '{student}'" not in said, f"{student} has no grade: {said}"
assert not TRACE.exists(), "a student's cell ran"
here = {path.name for path in (FOLDER / "autograded" / "right" / NAME).iterdir()}
assert here == {f"{NAME}.ipynb", "figures"}, here

step("the points")
first = grades()
compare(first, {student: like for student, (_, like) in NOTEBOOKS.items()} | dict.fromkeys(BROKEN))

step("graded again")
succeed("autograde", NAME, "--force", "--student=half")
assert grades() == first

step("feedback")
code, said = nbgrader("generate_feedback", NAME)
assert code == 0, said
for student in NOTEBOOKS:
    assert (FOLDER / "feedback" / student / NAME / f"{NAME}.html").exists(), student
pages = {s: (FOLDER / "feedback" / s / NAME / f"{NAME}.html").read_text() for s in ("right", "wrong", "marks", "computed")}
assert "✓" in pages["right"] and "✗" in pages["wrong"], "the grader's words are not in the feedback"
assert "HIDDEN TESTS" not in pages["right"], "the feedback shows how the grader is called"
assert "stands outside of quotation marks" in pages["computed"]
for markup in (r"<script>document", r"<[^>]*onerror", r"<[^>]*onload", r"<[^>]*javascript:"):
    assert not re.search(markup, pages["marks"]), f"an essay's {markup} is in the page"
assert pages["right"].count('src="data:image/svg+xml;base64') == 5, "the pictures are not in the feedback"
assert "My answer." in pages["marks"]

step("the other way: every notebook is run")
by_running(other)

step("done")
