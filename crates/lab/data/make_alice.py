"""Writes alice.txt from alice29.txt of the Canterbury corpus, which testdata/ of the crate brotli 3.3.4 holds.

Leaves out the edition's heading, indentation and repeated blank lines and spaces, and stops after the
paragraph in which the text reaches 38 000 characters.
"""

import re
import sys

LENGTH = 38_000

with open(sys.argv[1], encoding="ascii") as file:
    text = file.read()
text = text[text.index("CHAPTER I") :]
text = re.sub(r" *\n *", "\n", text)
text = re.sub(r" {2,}", " ", text)
text = re.sub(r"\n{2,}", "\n\n", text)
text = text[: text.index("\n\n", LENGTH)] + "\n"
with open("alice.txt", "w", encoding="ascii", newline="\n") as file:
    file.write(text)
