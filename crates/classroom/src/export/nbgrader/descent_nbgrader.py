"""What nbgrader needs to grade a notebook of Descent's problems. `nbgrader_config.py` puts it to use.

Answers are data: texts in an array of an answer cell, or an essay in a Markdown cell. The default never
runs a notebook: `Restore` takes nothing from a submission but its answers, and `Ask` hands them to
`descent course score`, which grades them in isolation. `Execute` runs everything that was handed in.
"""

import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import bleach
import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.filters import strip_files_prefix
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, NbGraderPreprocessor
from nbgrader.preprocessors import Execute as PlainExecute
from nbgrader.utils import is_grade, is_solution
from traitlets import Integer, Unicode
from traitlets.config import Configurable


class Course(Configurable):
    """Where the grader and the course are."""

    program = Unicode(help="The program `descent`.").tag(config=True)
    folder = Unicode(help="The folder of the course, for `descent course score`.").tag(config=True)


class KeepAnswerCells(ClearSolutions):
    """Clears solutions, but leaves the cells that are to be answered as they are: they hold none."""

    def preprocess_cell(self, cell, resources, cell_index):
        if "descent" in cell.metadata:
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


# What is handed in ---------------------------------------------------------------------------------


def only_files(assignment, student, notebooks):
    """Takes links, pipes and devices out of a submission before nbgrader copies what they lead to."""
    for folder, names, files in os.walk(Path(notebooks[0]).parent):
        for path in (Path(folder, name) for name in names + files):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                print(f"{path} is no file: removed from the submission", file=sys.stderr)
                path.unlink()


class Submitted(NotebookExporter):
    """Reads a notebook of reasonable size."""

    most_bytes = Integer(20_000_000, help="The largest notebook that is read.").tag(config=True)

    def from_filename(self, filename, resources=None, **kw):
        size = os.stat(filename).st_size
        if size > self.most_bytes:
            raise ValueError(f"{filename} has {size} bytes; more than {self.most_bytes} are not read")
        return super().from_filename(filename, resources=resources, **kw)


def _answers_in(notebook):
    """The text of each cell that has a name, whatever else was done to the notebook. The last cell of a
    name counts, as everywhere in nbgrader."""
    found = {}
    cells = notebook.get("cells")
    for cell in cells if isinstance(cells, list) else []:
        try:
            name, text = cell["metadata"]["nbgrader"]["grade_id"], cell["source"]
        except (KeyError, TypeError):
            continue
        if isinstance(name, str) and isinstance(text, str):
            # Half a surrogate pair is text to JSON, and to nothing else.
            found[name] = text.encode("utf-8", "replace").decode("utf-8")
    return found


class Restore(NbGraderPreprocessor):
    """Makes the notebook anew from the instructor's: of the submission the answers are left."""

    most_characters = Integer(
        20_000, help="The longest answer. What colors code for the feedback takes minutes for some of a million."
    ).tag(config=True)

    def preprocess(self, nb, resources):
        converter = self.parent.parent
        course, asked = converter.coursedir, resources["nbgrader"]
        folder = course.format_path(course.source_directory, ".", asked["assignment"])
        source = nbformat.read(Path(folder, asked["notebook"] + ".ipynb"), as_version=4)
        answers = _answers_in(nb)
        for cell in source.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if is_solution(cell) and name in answers:
                cell.source = answers[name]
                if len(cell.source) > self.most_characters:
                    cell.source = (
                        f"// Left out: {len(cell.source)} characters. An answer may have {self.most_characters}."
                    )
            elif name is not None and name not in answers:
                self.log.warning("Cell '%s' was not handed in; put back", name)
        return source, resources


# The answers in a cell -----------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
      | (?P<comment>/\*)
      | r(?P<hashes>\#*)"(?P<raw>.*?)"(?P=hashes)
      | "(?P<text>(?:[^"\\]|\\.)*)"
      | (?P<open>r\#*"|")
      | (?P<other>\w+|.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:x(?P<byte>[0-7][0-9a-fA-F])|u\{(?P<code>[0-9a-fA-F_]{1,8})\}|(?P<gap>\n\s*)|(?P<sign>.))", re.DOTALL
)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "\\": "\\", "'": "'", '"': '"'}


class Unreadable(Exception):
    """A cell that holds something else than texts."""


def _escaped(match):
    code = match["byte"] or (match["code"] or "").replace("_", "")
    if code and int(code, 16) <= 0x10FFFF:
        return chr(int(code, 16)).encode("utf-8", "replace").decode("utf-8")
    if match["gap"]:
        return ""
    if match["sign"] in _SIGNS:
        return _SIGNS[match["sign"]]
    raise Unreadable(f"`{match[0]}` stands for nothing in a text; for a backslash, type two")


def _tokens(source):
    """The tokens of Rust: texts as (True, text), everything else as (False, token)."""
    place = 0
    while place < len(source):
        token = _TOKEN.match(source, place)
        place = token.end()
        if token["comment"]:
            depth = 1
            while depth:
                mark = re.compile(r"/\*|\*/").search(source, place)
                if mark is None:
                    raise Unreadable("a comment does not end")
                depth, place = depth + (1 if mark[0] == "/*" else -1), mark.end()
        elif token["open"]:
            raise Unreadable("a quotation mark is never closed")
        elif token["raw"] is not None:
            yield True, token["raw"]
        elif token["text"] is not None:
            yield True, _ESCAPE.sub(_escaped, token["text"])
        elif token["other"] is not None:
            yield False, token["other"]


def answers_of(source):
    """The texts in the array of an answer cell, read and not run. Of several the last counts, as in Rust."""
    tokens = list(_tokens(source))
    words = [token for _, token in tokens]
    starts = [
        place + 4
        for place in range(len(tokens) - 3)
        if words[place] == "let"
        and words[place + 1].startswith("answer_")
        and words[place + 2 : place + 4] == ["=", "["]
    ]
    if not starts:
        raise Unreadable("the array with the answers is gone")
    texts, rest = [], tokens[starts[-1] :]
    while rest:
        is_text, token = rest.pop(0)
        if not is_text and token == "]":
            return texts
        if not is_text:
            raise Unreadable(f"`{token}` stands outside of quotation marks")
        texts.append(token)
        if rest and rest[0] == (False, ","):
            rest.pop(0)
        elif not rest or rest[0] != (False, "]"):
            raise Unreadable(f"a comma is missing after answer {len(texts)}")
    raise Unreadable("the array with the answers does not end")


# Points --------------------------------------------------------------------------------------------


def show(cell, feedback, points):
    """Gives a graded cell these points. Everything else that it could put out, less than nothing, no number or
    nothing at all, is worth all points to nbgrader."""
    most = cell.metadata.nbgrader.points
    # Shares of points are rounded, here and in the grader.
    if not 0 <= points <= most + 1e-9:
        raise ValueError(f"cell '{cell.metadata.nbgrader.grade_id}' has {points} of {most} points: {feedback}")
    cell.outputs = [
        new_output("stream", name="stdout", text=feedback),
        new_output("execute_result", data={"text/plain": repr(min(points, most))}),
    ]


class Ask(Course, NbGraderPreprocessor):
    """Takes the place of nbgrader's `Execute`: runs no notebook, but asks the isolated grader what the
    answers are worth, and writes what it says below the graded cell."""

    timeout = Integer(900, help="Seconds the grader may take for a problem.").tag(config=True)

    def preprocess(self, nb, resources):
        handed_in = {}
        for cell in nb.cells:
            if is_solution(cell) and cell.cell_type == "code" and "descent" in cell.metadata:
                handed_in[cell.metadata.descent.problem] = cell.source
        machinery = ClearHiddenTests(parent=self)
        for place, cell in enumerate(nb.cells):
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                name = cell.metadata.nbgrader.grade_id
                if "descent" not in cell.metadata:
                    # nbgrader gives all points to a cell that puts out nothing.
                    raise ValueError(
                        f"cell '{name}' is graded by running it, and nothing is run here: "
                        "set RUN_NOTEBOOKS = True in nbgrader_config.py, or move it to another course folder"
                    )
                source = handed_in.get(cell.metadata.descent.problem, "")
                feedback, points = self.score(cell.metadata.descent, source, resources["nbgrader"])
                show(cell, feedback, points)
                # How a kernel would have asked is no feedback.
                machinery.preprocess_cell(cell, resources, place)
        return nb, resources

    def score(self, asked, source, who):
        """The feedback and the points for an answer cell."""
        try:
            texts = answers_of(source)
        except Unreadable as reason:
            return f"This cell cannot be read: {reason}. It holds answers in quotation marks only.\n", 0.0
        answers = [""] * max(asked.lines)
        for line, text in zip(asked.lines, texts):
            answers[line - 1] = text
        command = [self.program, "course", "score", self.folder, who["assignment"]]
        command += [f"--student={who['student']}", f"--problem={asked.problem}", f"--variant={asked.variant}"]
        graded = subprocess.run(
            command, input=json.dumps(answers), capture_output=True, encoding="utf-8", timeout=self.timeout
        )
        if graded.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} failed: {graded.stderr.strip()}")
        feedback, _, points = graded.stdout.rstrip("\n").rpartition("\n")
        return feedback + "\n", float(points)


class Execute(Course, PlainExecute):
    """Runs the notebook, students' cells and all, with the rights of whoever grades. A graded cell asks the
    same grader, but in a kernel that ran foreign code, which can put any number in its place."""

    def preprocess(self, nb, resources, **kw):
        os.environ["DESCENT_PROGRAM"] = self.program
        os.environ["DESCENT_COURSE"] = self.folder
        os.environ["DESCENT_STUDENT"] = resources["nbgrader"]["student"]
        nb, resources = super().preprocess(nb, resources, **kw)
        for cell in nb.cells:
            if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
                self.settle(cell)
        return nb, resources

    def settle(self, cell):
        """Leaves a graded cell with points, or with the error that it ended in. What stands on stderr may be
        another cell's."""
        if any(output.output_type == "error" for output in cell.outputs):
            return
        printed = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
        values = [o.data.get("text/plain", "") for o in cell.outputs if o.output_type == "execute_result"]
        try:
            points = float(values[0])
        except (IndexError, ValueError):
            points = math.nan
        show(cell, printed, points)

    def on_cell_executed(self, **kwargs):
        # evcxr's reply to a cell that does not compile leaves these out, and nbgrader looks for them.
        content = kwargs["execute_reply"]["content"]
        content.setdefault("ename", "Error")
        content.setdefault("evalue", "")
        content.setdefault("traceback", [])
        super().on_cell_executed(**kwargs)


# Pages ---------------------------------------------------------------------------------------------

_TAGS = set(
    "a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s span strong sub sup table tbody td "
    "th thead tr ul".split()
)


def _kept(tag, name, value):
    if tag == "img":
        return name == "alt" or (name == "src" and value.startswith("data:image/"))
    if tag == "a" and name == "href":
        return value.startswith(("#", "https://", "http://"))
    return name in ("class", "align")


def harmless(html):
    """Markdown as HTML that runs nothing: nbgrader's pages show an essay as it was typed, to whoever marks it."""
    html = strip_files_prefix(html)
    return bleach.clean(html, tags=_TAGS, attributes=_kept, protocols=["http", "https", "data"], strip=True)
