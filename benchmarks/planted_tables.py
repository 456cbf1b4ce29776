"""PDFs whose pages are full of tables, for `benchmarks.versions`: ruled ones, and ones that only have spaces.

Deterministic, and cached as the documents of `benchmarks.planted` are.
"""

import hashlib
import random
from pathlib import Path

import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from benchmarks.planted import cache

_LEFT, _WIDTH, _ROW = 60.0, 475.0, 15.0  # Points.
_ROWS = 18  # Of a table. A page has one with rules, and one without.
_WORDS = [
    "Harbour",
    "Ferry",
    "Lighthouse",
    "Market",
    "Bridge",
    "Orchard",
    "Quarry",
    "Chapel",
    "Mill",
    "Ridge",
    "Hollow",
    "Landing",
]


def document(pages: int) -> Path:
    """Return a document of `pages` pages, generating it if it is not cached."""
    name = hashlib.sha256(Path(__file__).read_bytes() + reportlab.__version__.encode()).hexdigest()[:12]
    file = cache() / f"planted-tables-{name}" / f"{pages}-pages-of-tables.pdf"
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(file, pages)
    return file


def _write(file: Path, pages: int) -> None:
    chance = random.Random(0)
    canvas = Canvas(str(file), pagesize=A4, invariant=True, pageCompression=1)
    for number in range(2 * pages):
        top = A4[1] - 80 - (number % 2) * 370
        columns = chance.randint(3, 7)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(_LEFT, top + 8, f"Table {number + 1}. Visitors of the valley, by place and year")
        for row in range(_ROWS):
            y = top - (row + 1) * _ROW
            name = "Place" if not row else " ".join(chance.sample(_WORDS, 2))
            values = [str(2000 + i) if not row else f"{chance.randint(0, 99_999):,}" for i in range(1, columns)]
            canvas.drawString(_LEFT + 4, y + 4, name)
            for column, value in enumerate(values, 1):
                canvas.drawRightString(_LEFT + (column + 1) * _WIDTH / columns - 4, y + 4, value)
        if number % 2:
            canvas.showPage()
        else:
            xs = [_LEFT + column * _WIDTH / columns for column in range(columns + 1)]
            canvas.grid(xs, [top - row * _ROW for row in range(_ROWS + 1)])
    canvas.save()
