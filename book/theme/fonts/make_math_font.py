"""Makes the mathematical font of the book: Latin Modern Math with the characters that its formulas use.

    pip install fonttools brotli
    python3 make_math_font.py /usr/share/fonts/opentype/lm-math/latinmodern-math.otf

(Debian: package fonts-lmodern.) The characters are those in math-characters.txt, and their slanted forms, as
which browsers show a variable of one letter; big delimiters and roots come along by themselves. A test holds
the list to the built book. Forms drawn for subscripts are left out: they would double the file.
"""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
TARGET = HERE.parent.parent / "src/assets/latinmodern-math.woff2"


def main(font: str) -> None:
    characters = set((HERE / "math-characters.txt").read_text(encoding="utf-8"))
    slanted = {chr(code) for low, high in [(0x1D434, 0x1D468), (0x1D6FC, 0x1D71C)] for code in range(low, high)}
    text = "".join(sorted(characters | slanted | {"\u210e"}))
    subprocess.run(
        [sys.executable, "-m", "fontTools.subset", font, f"--text={text}", "--layout-features=",
         "--no-hinting", "--flavor=woff2", f"--output-file={TARGET}"],
        check=True,
    )


if __name__ == "__main__":
    main(sys.argv[1])
