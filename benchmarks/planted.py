"""PDFs of any length with planted answers, so that a run that measures speed also checks accuracy.

    python -m benchmarks.planted PAGES [SEED]

writes one, unless it is cached, and prints its path. A page has about 550 words from `benchmarks.prose`, in an embedded
font, with headings, a running header and page numbers. Output is deterministic: the same pages and seed give the same
bytes. The cache folder's name is a hash of the code that generates them.
"""

import hashlib
import json
import os
import sys
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import platformdirs
import reportlab
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks import prose
from benchmarks.prose import Fact, Writer

FACTS = 48
"""Number of facts in a document of any length."""
_TITLE = "A Survey of the Valley and its Places"
_BODY, _BOLD = "Vera", "VeraBd"
_SIZE, _LEADING = 9.6, 15.2  # Points.
_LEFT, _TOP, _BOTTOM = 62.0, 76.0, 70.0  # Points from the edge.
_PARAGRAPHS_PER_HEADING = 14
_PLANTED_PER_PARAGRAPH = 3  # Sentences, at most.


@dataclass(frozen=True, slots=True)
class Planted:
    """A document and the facts planted in it."""

    file: Path
    pages: int
    facts: tuple[Fact, ...]


def cache() -> Path:
    """Return the benchmarks' cache directory: DOCQA_BENCHMARKS, or a folder in the user's cache."""
    return Path(os.environ.get("DOCQA_BENCHMARKS") or platformdirs.user_cache_dir("docqa-benchmarks", appauthor=False))


def document(pages: int, seed: int = 0, facts: int = FACTS) -> Planted:
    """Return a document of `pages` pages, generating it if it is not cached."""
    sources = [Path(module).read_bytes() for module in (__file__, prose.__file__)]
    name = hashlib.sha256(b"".join([*sources, reportlab.__version__.encode()])).hexdigest()[:12]
    file = cache() / f"planted-{name}" / f"{pages}-pages-{seed}-{facts}.pdf"
    facts_file = file.with_suffix(".json")
    if not facts_file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        planted = write(file, pages, seed, facts)
        facts_file.write_text(json.dumps([asdict(fact) for fact in planted.facts], indent=1), encoding="utf-8")
    return Planted(file, pages, tuple(Fact(**fact) for fact in json.loads(facts_file.read_text(encoding="utf-8"))))


def write(file: Path, pages: int, seed: int, facts: int) -> Planted:
    """Write a document of `pages` pages with `facts` facts spread over it."""
    writer = Writer(seed)
    planted = writer.facts(facts)
    sentences = writer.shuffled([*(fact.sentence for fact in planted), *writer.decoys()])
    for name in (_BODY, _BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    canvas = Canvas(str(file), pagesize=A4, invariant=True, pageCompression=1)
    canvas.setTitle(_TITLE)
    lines = _lines(writer, sentences, pages)
    line = next(lines)
    for page in range(1, pages + 1):
        canvas.setFont(_BODY, 7.5)
        canvas.drawString(_LEFT, A4[1] - 44, _TITLE)
        canvas.drawRightString(A4[0] - _LEFT, 40, str(page))
        y = A4[1] - _TOP
        while (y := y - line.above) > _BOTTOM:
            if line.text:
                canvas.setFont(_BOLD if line.bold else _BODY, _SIZE)
                canvas.drawString(_LEFT, y, line.text)
            line = lines.send(page)
        canvas.showPage()
    canvas.save()
    return Planted(file, pages, tuple(planted))


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of text; `above` is the distance in points from the previous baseline."""

    text: str
    above: float
    bold: bool = False


def _lines(writer: Writer, sentences: list[str], pages: int) -> Generator[_Line, int | None, None]:
    """Yield lines endlessly. Send it the current page number; it plants the sentences due by that page."""
    width = A4[0] - 2 * _LEFT
    page, planted, paragraphs = 1, 0, 0
    while True:
        if paragraphs % _PARAGRAPHS_PER_HEADING == 0:
            page = (yield _Line(writer.heading(), 2.2 * _LEADING, bold=True)) or page
        # Nothing is due on the last page, which may end in the middle of a paragraph.
        due = min(len(sentences), -(-page * len(sentences) // max(1, pages - 1)))
        due = min(due, planted + _PLANTED_PER_PARAGRAPH) if page < pages - 1 else due
        paragraph = writer.paragraph(sentences[planted:due])
        planted = due
        paragraphs += 1
        for number, text in enumerate(_wrapped(paragraph, width)):
            page = (yield _Line(text, _LEADING if number else 1.6 * _LEADING)) or page


def _wrapped(paragraph: str, width: float) -> Iterator[str]:
    space = pdfmetrics.stringWidth(" ", _BODY, _SIZE)
    line: list[str] = []
    used = 0.0
    for word in paragraph.split():
        word_width = pdfmetrics.stringWidth(word, _BODY, _SIZE)
        if line and used + space + word_width > width:
            yield " ".join(line)
            line, used = [], 0.0
        used += word_width + (space if line else 0)
        line.append(word)
    yield " ".join(line)


def main() -> None:
    """Print the document's path."""
    result = document(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    print(f"{result.file}: {result.pages} pages, {len(result.facts)} planted answers")


if __name__ == "__main__":
    main()
