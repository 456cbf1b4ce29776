"""The visible text of HTML inside a Markdown file: blocks and tables, without tags, comments, scripts and styles."""

from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple

from docqa.documents.rendered_text import Piece, RenderedCell

_HIDDEN = frozenset({"script", "style", "template", "svg", "head", "noscript"})
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3",
    "h4", "h5", "h6", "header", "hr", "html", "li", "main", "markdown", "nav",
    "ol", "p", "pre", "section", "summary", "ul",
})
# fmt: on
_KINDS = {"li": "list_item", "figcaption": "caption", "caption": "caption", "pre": "code"}


class HtmlBlock(NamedTuple):
    """A block of text, or a table if it has `rows`."""

    kind: str
    level: int
    pieces: list[Piece]
    rows: list[list[RenderedCell]] = []  # noqa: RUF012 - never changed
    header_rows: int = 0


def read_html(html: str, number: int, inline: Callable[[str, int], list[Piece]]) -> list[HtmlBlock]:
    """The blocks of HTML that begins in line `number` of the file.

    `inline` renders Markdown in elements that are marked as such: `<div markdown="1">`, `<markdown>`.
    """
    reader = _Reader(number, inline)
    reader.feed(_without_comments(html))
    reader.close()
    return reader.finish()


def _without_comments(html: str) -> str:
    """HTML with only the newlines of its comments; one that is not closed hides the rest, as in a browser."""
    parts, done = [], 0
    while (begin := html.find("<!--", done)) >= 0:
        end = html.find("-->", begin + 4)
        end = end + 3 if end >= 0 else len(html)
        parts += [html[done:begin], "\n" * html.count("\n", begin, end)]
        done = end
    return "".join([*parts, html[done:]])


class _Table:
    def __init__(self) -> None:
        self.rows: list[list[RenderedCell]] = []
        self.header_rows = 0
        self.in_head = False
        self._taken: dict[int, int] = {}
        """Columns that cells of rows above still span, and for how many rows."""
        self._next = 0
        self._named = 0

    def begin_row(self) -> None:
        self.rows.append([])
        self._taken = {column: rows - 1 for column, rows in self._taken.items() if rows > 1}
        self._next = self._named = 0

    def add_cell(self, pieces: list[Piece], spans: tuple[int, int], header: bool) -> None:
        if not self.rows:
            self.begin_row()
        while self._taken.get(self._next):
            self._next += 1
        row_span, column_span = spans
        self.rows[-1].append(RenderedCell(pieces, self._next, row_span, column_span))
        if row_span > 1:
            self._taken |= dict.fromkeys(range(self._next, self._next + column_span), row_span)
        self._next += column_span
        self._named += header

    def end_row(self) -> None:
        whole = self.rows and self._named == len(self.rows[-1]) > 0
        if (self.in_head or whole) and self.header_rows == len(self.rows) - 1:
            self.header_rows += 1


class _Reader(HTMLParser):
    def __init__(self, number: int, inline: Callable[[str, int], list[Piece]]) -> None:
        super().__init__(convert_charrefs=True)
        self._first = number
        self._inline = inline
        self._blocks: list[HtmlBlock] = []
        self._pieces: list[Piece] = []
        self._hidden = 0
        self._markdown = 0
        self._kind, self._level = "paragraph", 0
        self._lists: list[int] = []
        """The number of the last item of each open list, -1 if it has bullets."""
        self._preserved = False
        self._table: _Table | None = None
        self._depth = 0
        """Of tables: an inner table is text of its outer cell."""
        self._spans = (1, 1)
        self._header = False
        self._in_cell = False

    def finish(self) -> list[HtmlBlock]:
        self._end_table()
        self._flush()
        return self._blocks

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "markdown" or values.get("markdown") not in {None, "0"}:
            self._markdown += 1
        if tag == "br":
            self._line_end()
        elif tag == "sup" and self._pieces and self._pieces[-1][0][-1:].isalnum():
            self._pieces.append((" ", self._number))
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._flush()
                self._table = _Table()
        elif self._table is not None:
            self._start_in_table(self._table, tag, values)
        elif tag in _BLOCKS:
            self._start_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "table":
            self._depth = max(0, self._depth - 1)
            if self._depth == 0:
                self._end_table()
        elif self._table is not None:
            if self._depth == 1 and tag in {"td", "th"}:
                self._end_cell()
            elif self._depth == 1 and tag in {"tr", "thead"}:
                self._end_cell()
                self._table.end_row()
                self._table.in_head = self._table.in_head and tag != "thead"
        elif tag in _BLOCKS:
            self._flush()
            self._preserved = False
            if tag in {"ul", "ol"} and self._lists:
                self._lists.pop()
        if tag == "markdown":
            self._markdown = 0

    def handle_data(self, data: str) -> None:
        if self._hidden or (self._table is not None and not self._in_cell):
            return
        if self._markdown and data.strip():
            lead = data[: len(data) - len(data.lstrip())]
            self._put(" " if lead else "", self._number)
            self._pieces += self._inline(data.strip(), self._number + lead.count("\n"))
            self._put(" " if data[-1].isspace() else "", self._number + data.count("\n"))
            return
        for index, line in enumerate(data.split("\n")):
            if index and self._preserved:
                self._pieces.append(("\n", self._number + index))
            elif index:
                self._put(" ", self._number + index)
            self._put(line, self._number + index)

    @property
    def _number(self) -> int:
        return self._first + self.getpos()[0] - 1

    def _put(self, text: str, number: int) -> None:
        if not self._preserved:
            words = " ".join(text.split())
            if not words and not text:
                return
            lead = " " if text[:1].isspace() else ""
            text = lead + words + (" " if words and text[-1:].isspace() else "")
            if not self._pieces or self._pieces[-1][0].endswith((" ", "\n")):
                text = text.lstrip(" ")
        if text:
            self._pieces.append((text, number))

    def _line_end(self) -> None:
        if self._pieces and not self._hidden:
            self._pieces.append(("\n", self._number))

    def _taken_pieces(self) -> list[Piece]:
        pieces, self._pieces = self._pieces, []
        while pieces and not pieces[-1][0].strip():
            pieces.pop()
        if pieces:
            pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
        return pieces

    # Blocks -------------------------------------------------------------------------------------------------

    def _start_block(self, tag: str) -> None:
        self._flush()
        self._preserved = tag == "pre"
        self._kind, self._level = _KINDS.get(tag, "paragraph"), 0
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._level = max(0, len(self._lists) - 1)
            counted = self._lists and self._lists[-1] >= 0
            if counted:
                self._lists[-1] += 1
            self._pieces.append((f"{self._lists[-1]}. " if counted else "- ", self._number))
        elif len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._kind, self._level = "heading", int(tag[1]) - 1

    def _flush(self) -> None:
        pieces = self._taken_pieces()
        if pieces and "".join(text for text, _ in pieces).strip(" -\n"):
            self._blocks.append(HtmlBlock(self._kind, self._level, pieces))
        self._kind, self._level = "paragraph", 0

    # Tables -------------------------------------------------------------------------------------------------

    def _start_in_table(self, table: _Table, tag: str, values: dict[str, str | None]) -> None:
        if self._depth > 1 or tag not in {"thead", "tr", "td", "th"}:
            if tag in _BLOCKS or tag in {"tr", "td", "th"}:
                self._put(" ", self._number)
            return
        self._end_cell()
        if tag == "thead":
            table.in_head = True
        elif tag == "tr":
            table.begin_row()
        else:
            self._in_cell, self._header = True, tag == "th"
            self._spans = (_span(values.get("rowspan")), _span(values.get("colspan")))

    def _end_cell(self) -> None:
        if self._in_cell and self._table is not None:
            self._table.add_cell(self._taken_pieces(), self._spans, self._header)
        self._in_cell = False

    def _end_table(self) -> None:
        self._end_cell()
        if self._table is not None and self._table.rows:
            self._blocks.append(HtmlBlock("table", 0, [], self._table.rows, self._table.header_rows))
        self._table, self._depth = None, 0


def _span(value: str | None) -> int:
    """The rows or columns of a cell, as browsers take them: 1 for what is no number, and not too many."""
    digits = value.lstrip("0") if value and value.isdecimal() else ""
    return min(int(digits[:4] or 1) or 1, 100)
