"""Grades a hand-in to an assignment of a course in Descent.

Classroom 50's runner starts this in the student's checkout. It asks descent, which is installed on this
machine together with the course, and leaves result.json and release-body.md.

This file is published with the assignments, where anyone can read it: it holds no key and no secret.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

COURSE = @COURSE@
ASSIGNMENT = @ASSIGNMENT@
FLAGS = @FLAGS@
# Seconds. Classroom 50 stops the job, set-up included, after fifteen minutes.
LIMIT = 12 * 60


def submitted_at() -> str:
    """When the commit was made, which is what Classroom 50 takes for the time of the hand-in."""
    form = "--date=format-local:%Y-%m-%dT%H:%M:%SZ"
    command = ["git", "-c", "safe.directory=*", "log", "-1", "--format=%cd", form]
    environment = dict(os.environ, TZ="UTC")
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def graded() -> dict:
    """What descent says of this checkout."""
    # Logins are one whatever their case; the course lists them in lower case.
    student = os.environ["OWNER"].lower()
    command = ["descent", "course", "grade-one", COURSE, ASSIGNMENT, "--student", student]
    command += ["--hand-in", os.getcwd(), "--format", "classroom50", *FLAGS]
    try:
        done = subprocess.run(
            command,
            env=dict(os.environ, DESCENT_SUBMITTED_AT=submitted_at()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=LIMIT,
            check=False,
        )
    except FileNotFoundError:
        sys.exit("descent is not on this machine's PATH; install it where the assignment's `runtime` grades.")
    except subprocess.TimeoutExpired:
        sys.exit(f"descent was stopped after {LIMIT} seconds.")
    # GitHub obeys what looks like a command at the beginning of a line, and students' words may be in it.
    for line in done.stderr.splitlines():
        print(" ", line, flush=True)
    if done.returncode != 0:
        sys.exit(f"descent ended with status {done.returncode} and graded nothing; the reason stands above.")
    return json.loads(done.stdout)


def write(name: str, text: str) -> None:
    """Writes a file of this name and not what a link of this name in the hand-in leads to."""
    path = Path(name)
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


result = graded()
sections = [f"### {ASSIGNMENT}: {result['score']} of {result['max-score']} points\n"]
sections += [test["markdown"] for test in result["tests"]]
write("result.json", json.dumps(result, indent=2) + "\n")
write("release-body.md", "\n".join(sections))
