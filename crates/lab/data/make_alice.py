"""Writes alice.txt from alice29.txt of the Canterbury corpus, which the crate brotli 3.3.4 ships.

    python make_alice.py brotli-3.3.4/testdata/alice29.txt

Leaves out the edition's heading, indentation, and repeated spaces and blank lines, and stops after
the paragraph in which the text reaches 38 000 characters.
"""

import re
import sys
from pathlib import Path

LENGTH = 38_000

text = Path(sys.argv[1]).read_text(encoding="ascii")
text = text[text.index("CHAPTER I") :]
text = re.sub(r" *\n *", "\n", text)
text = re.sub(r" {2,}", " ", text)
text = re.sub(r"\n{2,}", "\n\n", text)
text = text[: text.index("\n\n", LENGTH)] + "\n"
Path(__file__).with_name("alice.txt").write_text(text, encoding="ascii", newline="\n")
