"""A PDF as long as one likes, of real prose: headings, an outline, a running header and page numbers.

python -m benchmarks.long_pdf SQUAD_JSON PAGES OUT.pdf
"""

import json
import sys
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Frame, Paragraph

_BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=10.5, leading=13, spaceAfter=6, alignment=TA_JUSTIFY)
_HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=14, leading=18, spaceAfter=6)


def main() -> None:
    """Write the file; the articles are taken again from the first one on when they are used up."""
    articles = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["data"]
    pages = int(sys.argv[2])
    rl_config.invariant = 1
    sheet = Canvas(sys.argv[3], pagesize=A4, invariant=1)
    width, height = A4
    blocks = _blocks(articles)
    rest: list[Flowable] = []
    for number in range(1, pages + 1):
        sheet.setFont("Helvetica", 8)
        sheet.drawString(60, height - 40, "A collection of articles")
        sheet.drawRightString(width - 60, height - 40, f"Page {number}")
        frame = Frame(60, 50, width - 120, height - 100)
        while True:
            block = rest.pop(0) if rest else next(blocks)
            if frame.add(block, sheet):
                if block.style is _HEADING:
                    sheet.bookmarkPage(f"h{number}")
                    sheet.addOutlineEntry(block.getPlainText(), f"h{number}", 0)
                continue
            first, *rest = frame.split(block, sheet) or [None, block]
            if first is not None:
                frame.add(first, sheet)
            break
        sheet.showPage()
    sheet.save()


def _blocks(articles: list[dict[str, object]]) -> Iterator[Flowable]:
    for article in cycle(articles):
        yield Paragraph(escape(str(article["title"]).replace("_", " ")), _HEADING)
        for paragraph in article["paragraphs"]:
            # The standard fonts have Latin letters only.
            text = paragraph["context"].encode("cp1252", "ignore").decode("cp1252")
            yield Paragraph(escape(" ".join(text.split())), _BODY)


if __name__ == "__main__":
    main()
