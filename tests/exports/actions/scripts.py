"""Prints the `run` scripts of a workflow's only job, in order, as a JSON list, with the job's `env`.

python scripts.py FILE
"""

import json
import sys
from pathlib import Path

from ruamel.yaml import YAML

workflow = YAML(typ="safe", pure=True).load(Path(sys.argv[1]).read_text(encoding="utf-8"))
(job,) = workflow["jobs"].values()
print(json.dumps({"env": job["env"], "run": [step["run"] for step in job["steps"] if "run" in step]}))
