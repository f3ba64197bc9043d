"""Settings of nbgrader for this course. `descent` wrote them; change what you like."""

import sys
from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import preprocessors

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import descent_nbgrader  # noqa: E402

# False: `nbgrader autograde` runs nothing that a student wrote. The answers are handed to the isolated
# grader, and only they count.
# True: it runs each notebook in the Rust kernel, your students' own cells too, as you and on your
# machine. Whoever wants to can then give themselves any points and read your files: only for
# submissions that you trust.
RUN_NOTEBOOKS = False

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(HERE)
c.Course.program = @PROGRAM@
c.Course.folder = @COURSE@

# Release: cells that are to be answered stay as they are; solutions of your own become `todo!()`.
c.ClearSolutions.code_stub = {"rust": "todo!()"}
c.GenerateAssignment.preprocessors = [
    preprocessors.IncludeHeaderFooter,
    preprocessors.InstantiateTests,
    preprocessors.LockCells,
    descent_nbgrader.KeepAnswerCells,
    preprocessors.ClearOutput,
    preprocessors.CheckCellMetadata,
    preprocessors.ComputeChecksums,
    preprocessors.SaveCells,
    preprocessors.ClearHiddenTests,
    preprocessors.ClearMarkScheme,
    preprocessors.ComputeChecksums,
    preprocessors.CheckCellMetadata,
]

# Grading.
c.Autograde.pre_convert_hook = descent_nbgrader.only_files
c.Autograde.exporter_class = descent_nbgrader.Submitted
if not RUN_NOTEBOOKS:
    c.Autograde.sanitize_preprocessors = [
        descent_nbgrader.Restore,
        preprocessors.ClearOutput,
        preprocessors.DeduplicateIds,
        preprocessors.OverwriteKernelspec,
        preprocessors.OverwriteCells,
        preprocessors.CheckCellMetadata,
    ]
c.Autograde.autograde_preprocessors = [
    descent_nbgrader.Execute if RUN_NOTEBOOKS else descent_nbgrader.Ask,
    preprocessors.IgnorePattern,
    ClearMetadataPreprocessor,
    preprocessors.LimitOutput,
    preprocessors.SaveAutoGrades,
    preprocessors.AssignLatePenalties,
    preprocessors.CheckCellMetadata,
]
# The Rust kernel compiles every cell, and takes its time to start.
c.Execute.startup_timeout = 300
c.Execute.timeout = 120
c.Execute.kernel_name = "rust"

# Feedback and the formgrader: markup in what students wrote runs nothing, and pictures are in the page.
c.HTMLExporter.filters = {"strip_files_prefix": descent_nbgrader.harmless}
c.HTMLExporter.embed_images = True
