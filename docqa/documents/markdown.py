"""Markdown. The canonical text is what a reader of the rendered file sees; its lines lead back to those of the file.

A paragraph is one line, list items keep their marks ("-", "1."), rows of a table are lines with two spaces between
cells, code is as it is. Comments, link targets, tags, front matter and the marks of emphasis and notes are not in it.
"""

import re

from markdown_it.token import Token

from docqa.documents.document import Document, Section
from docqa.documents.encodings import decode
from docqa.documents.html_text import HtmlBlock, read_html
from docqa.documents.markdown_inline import MAX_NESTING, InlineText, inline_parser
from docqa.documents.rendered_text import Piece, RenderedCell, RenderedText
from docqa.documents.source import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

_SETTING = re.compile(r"\.?[\w\"'][^:=]{0,80}[:=]")
_IN_FRONT_MATTER = re.compile(r"\s*(?:$|[#\]})\-,\"'])|\s+\S")
_TITLE = re.compile(r"\.?title\s*[:=]\s*(.+)", re.IGNORECASE)
_FENCE = re.compile(r"[ >]*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(`{3,}|~{3,})")
# Lines that only tell the renderer something: Pandoc's ":::", Kramdown's "{: .class}", Jekyll's "{% include … %}".
_DIRECTIVE = re.compile(r"\s*(?::{3,}[^`:]*:*|\{:[^{}]*\}|\{%.*%\})\s*")
_ALERT = re.compile(r"( {0,3}>[ >]*)\[![A-Za-z]+\]\s*")  # GitHub's "> [!NOTE]": an icon.
_TASK = re.compile(r"\A\[([ xX])\] (?=\S)")
_NOTE = re.compile(r" {0,3}\[\^[^\]\s]+\]:[ \t]*")
_NOTE_MARK = "\ue000"
"""Stands at the beginning of a footnote, for this module only."""
_HEADING_ATTRIBUTES = re.compile(r"\s*\{(?:[#.:][^{}]*|-)\}\s*$")
_LINE_ENDS = str.maketrans(dict.fromkeys("\f\v\x1c\x1d\x1e\x85\u2028\u2029\ue000", " "))
_CODE_GAP = re.compile(r"(?<=\S)(?: {2,}|\t+)(?=\S)")
_RAW_HTML = frozenset({"=html", "{=html}"})
_LONGEST_HEADING = 200  # Characters. Longer ones are paragraphs above "---".


def parse(source: Source, monitor: Monitor) -> Document:
    """Parse a Markdown file. Raises `DocqaError` if it is empty or not text, or shows none."""
    monitor.check()
    text, warnings = decode(source)
    text, title = _without_front_matter(text.translate(_LINE_ENDS))
    renderer = _Renderer()
    renderer.render(_without_directives(text))
    if renderer.nesting >= MAX_NESTING - 2:
        warnings = (*warnings, f"lists or quotations are nested {MAX_NESTING // 2} deep: what is deeper may be missing")
    if not renderer.text.has_text:
        raise DocqaError(
            f"{source.display_name} shows no text", "it consists of comments, settings or pictures; open it as .txt"
        )
    sections = renderer.text.sections
    if sections and sections[0].level == 0:
        title = sections[0].title
    return renderer.text.document(source, "markdown", title, warnings)


def rendered(markdown: str) -> str:
    """What a reader sees of a few words of Markdown: "the `main` branch" is "the main branch"."""
    parser = inline_parser()
    (inline,) = parser.parseInline(markdown)
    return InlineText(parser, inline.children or [], inline.content, 1).text


def _without_front_matter(text: str) -> tuple[str, str | None]:
    """The text with blank lines in place of its front matter (YAML, TOML, Ziggy), and the title in that."""
    fence = text[:3]
    if fence not in {"---", "+++"}:
        return text, None
    lines = text.split("\n")
    ends = {fence, "..."}
    last = next((i for i, line in enumerate(lines) if i and line.rstrip() in ends), 0)
    settings = [line for line in lines[1:last] if not _IN_FRONT_MATTER.match(line)]
    if lines[0].rstrip() != fence or not settings or not all(map(_SETTING.match, settings)):
        return text, None
    titles = [found[1].strip(" \t,\"'") for line in settings if (found := _TITLE.match(line))]
    return "\n".join([""] * (last + 1) + lines[last + 1 :]), titles[0] if titles and titles[0] else None


def _without_directives(text: str) -> str:
    """The text, line for line, without directives, and with `_NOTE_MARK` for the labels of footnotes."""
    lines = text.split("\n")
    fence, in_note = "", False
    for index, line in enumerate(lines):
        found = _FENCE.match(line)
        if fence:
            if found and found[1].startswith(fence) and not line[found.end() :].strip(" `~"):
                fence = ""
        elif found:
            fence = found[1]
        elif _DIRECTIVE.fullmatch(line):
            lines[index] = ""
        elif alert := _ALERT.fullmatch(line):
            lines[index] = alert[1]
        elif note := _NOTE.match(line):
            lines[index], in_note = _NOTE_MARK + line[note.end() :], True
        elif in_note and line.strip():
            in_note = line.startswith("    ") or bool(lines[index - 1].strip())
            lines[index] = line.removeprefix("    ") if in_note else line
    return "\n".join(lines)


class _List:
    """An open list: the number of its next item, None for bullets, and what follows the number."""

    def __init__(self, token: Token) -> None:
        self.number = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None
        self.delimiter = token.markup if self.number is not None else ""

    def next_mark(self) -> str:
        if self.number is None:
            return "-"
        self.number += 1
        return f"{self.number - 1}{self.delimiter}"


class _Renderer:
    def __init__(self) -> None:
        self.text = RenderedText()
        self.nesting = 0
        """The depth of the deepest block."""
        self._parser = inline_parser()
        self._lists: list[_List] = []
        self._mark = ""
        """The mark of a list item whose text is still to come."""
        self._in_list = False
        """Whether the block before is of the list that is open."""

    def render(self, source: str) -> None:
        tokens = self._parser.parse(source)
        self.nesting = max((token.level for token in tokens), default=0)
        lines = source.split("\n")
        item_line = 0
        index = 0
        while index < len(tokens):
            token = tokens[index]
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    self._lists.append(_List(token))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                    self._in_list = self._in_list and bool(self._lists)
                case "list_item_open":
                    self._mark = self._lists[-1].next_mark()
                    item_line = _number(token)
                case "list_item_close":
                    # The number of an item without text is text, too: a line of a hard-wrapped file may be "1858."
                    if self._mark not in {"", "-"}:
                        self._add_number(item_line)
                    self._mark = ""
                case "heading_open":
                    self._add_heading(token, tokens[index + 1])
                    index += 2
                case "paragraph_open":
                    self._add_paragraph(token, tokens[index + 1])
                    index += 2
                case "fence" | "code_block":
                    self._add_code(token)
                case "html_block":
                    index, html = _joined_html(tokens, index, lines)
                    self._add_html(html, _number(token))
                case "table_open":
                    index = self._add_table(tokens, index)
                case _:
                    pass
            index += 1

    # Text -----------------------------------------------------------------------------------------------------

    def _begin(self, tight: bool = False) -> int:
        """Begin a block under the one before, after a blank line but in a tight list. Returns where it begins."""
        self.text.end_line(1 if tight and self._in_list else 2)
        self._in_list = bool(self._lists)
        return len(self.text)

    def _inline(self, token: Token, number: int) -> InlineText:
        return InlineText(self._parser, token.children or [], token.content, number)

    def _add_heading(self, token: Token, inline: Token) -> None:
        found = self._inline(inline, _number(inline))
        if token.markup in {"-", "="} and (self._lists or len(found.text) > _LONGEST_HEADING):
            self._add_text(found, "paragraph")
            return
        _strip_attributes(found.pieces)
        start = self._begin()
        self._add_heading_pieces(found.pieces, int(token.tag[1]) - 1, start)
        self._add_notes(found)

    def _add_heading_pieces(self, pieces: list[Piece], level: int, start: int) -> None:
        title = " ".join("".join(text for text, _ in pieces).split())
        if title:
            self._mark = ""
            self.text.add_pieces([(" " if text == "\n" else text, number) for text, number in pieces])
            self.text.add_block("heading", start, level)
            self.text.sections.append(Section(title, level, start))

    def _add_paragraph(self, token: Token, inline: Token) -> None:
        children = inline.children or []
        if len(children) == 1 and children[0].type == "image":
            caption = children[0].content.strip()
            if len(caption.split()) >= 3:
                start = self._begin(token.hidden)
                self.text.add(" ".join(caption.split()), _number(inline))
                self.text.add_block("caption", start)
            return
        self._add_text(self._inline(inline, _number(inline)), "paragraph", tight=token.hidden)

    def _add_text(self, found: InlineText, kind: str, tight: bool = False) -> None:
        for pieces in _at_notes(found.pieces):
            if not any(text.strip() for text, _ in pieces):
                continue
            is_note = pieces[0][0].startswith(_NOTE_MARK)
            self._begin(tight)
            start, level = self._add_mark(pieces[0][1])
            text, number = pieces[0]
            text = text.removeprefix(_NOTE_MARK).lstrip(" ")
            if level is not None:
                text = _TASK.sub(lambda task: "☐ " if task[1] == " " else "☑ ", text, count=1)
            self.text.add_pieces([(text, number), *pieces[1:]])
            self.text.add_block("footnote" if is_note else kind if level is None else "list_item", start, level or 0)
        self._add_notes(found)

    def _add_mark(self, number: int) -> tuple[int, int | None]:
        """Add the indent of the list, and the mark of an item.

        Returns where the block begins, after the indent, and the item's level, None without a mark.
        """
        if not self._lists:
            return len(self.text), None
        mark, self._mark = self._mark, ""
        depth = len(self._lists) - 1
        self.text.add("  " * depth + (mark or "  "), number)
        start = len(self.text) - len(mark)
        if not mark:
            return start, None
        self.text.add_break()
        self.text.add(" ", number)
        return start, depth

    def _add_notes(self, found: InlineText) -> None:
        for note in filter(None, found.notes):
            start = self._begin()
            self.text.add_pieces(note)
            self.text.add_block("footnote", start)

    def _add_number(self, number: int) -> None:
        start = self._begin(tight=True)
        self.text.add("  " * (len(self._lists) - 1) + self._mark, number)
        self.text.add_block("list_item", start, len(self._lists) - 1)

    # Other blocks ---------------------------------------------------------------------------------------------

    def _add_code(self, token: Token) -> None:
        number = _number(token) + (token.type == "fence")
        if token.info.strip() in _RAW_HTML:
            self._add_html(token.content, number)
            return
        lines = token.content.rstrip().split("\n")
        if not any(line.strip() for line in lines):
            return
        start = self._begin()
        self._mark = ""
        for index, line in enumerate(lines):
            if index:
                self.text.end_line()
            done = 0
            for gap in _CODE_GAP.finditer(line):
                self.text.add(line[done : gap.start()], number + index)
                self.text.add_break()
                done = gap.start()
            self.text.add(line[done:], number + index)
        self.text.add_block("code", start)

    def _add_html(self, html: str, number: int) -> None:
        blocks = read_html(html, number, self._inline_pieces)
        for index, block in enumerate(blocks):
            self._mark = ""
            joined = index > 0 and block.kind == blocks[index - 1].kind == "list_item"
            self.text.end_line(1 if joined else 2)
            self._in_list = False
            self._add_html_block(block)

    def _add_html_block(self, block: HtmlBlock) -> None:
        start = len(self.text)
        if block.kind == "table":
            self.text.add_table(block.rows, block.header_rows)
        elif block.kind == "heading":
            self._add_heading_pieces(block.pieces, block.level, start)
        else:
            if block.kind == "list_item":
                text, number = block.pieces[0]
                self.text.add("  " * block.level + text.rstrip(), number)
                self.text.add_break()
                self.text.add_pieces([(" ", number), *block.pieces[1:]])
            else:
                self.text.add_pieces(block.pieces)
            self.text.add_block(block.kind, start, block.level)

    def _inline_pieces(self, text: str, number: int) -> list[Piece]:
        return self._inline(self._parser.parseInline(text)[0], number).pieces

    def _add_table(self, tokens: list[Token], index: int) -> int:
        """Add a table. Returns the index of its last token."""
        rows: list[list[RenderedCell]] = []
        header_rows, number = 0, _number(tokens[index])
        notes = []
        while tokens[index].type != "table_close":
            token = tokens[index]
            if token.type == "tr_open":
                number = _number(token)
                rows.append([])
            elif token.type == "thead_close":
                header_rows = len(rows)
            elif token.type == "inline":
                found = self._inline(token, number)
                rows[-1].append(RenderedCell(found.pieces, len(rows[-1])))
                notes.append(found)
            index += 1
        self._begin()
        self._mark = ""
        self.text.add_table(rows, header_rows)
        for found in notes:
            self._add_notes(found)
        return index


def _number(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _joined_html(tokens: list[Token], index: int, lines: list[str]) -> tuple[int, str]:
    """The text of HTML blocks with only blank lines between, which end no table; before it the last one's index."""
    last = index
    while last + 1 < len(tokens) and tokens[last + 1].type == "html_block":
        last += 1
    if last == index:
        return index, tokens[index].content
    end = (tokens[last].map or [0, len(lines)])[1]
    return last, "\n".join(lines[_number(tokens[index]) - 1 : end])


def _at_notes(pieces: list[Piece]) -> list[list[Piece]]:
    """A paragraph's pieces, cut where a footnote begins: several may stand under each other."""
    parts: list[list[Piece]] = [[]]
    for text, number in pieces:
        if text.lstrip(" ").startswith(_NOTE_MARK) and parts[-1]:
            parts.append([])
        parts[-1].append((text.lstrip(" ") if not parts[-1] else text, number))
    return [part for part in parts if part]


def _strip_attributes(pieces: list[Piece]) -> None:
    """Remove Pandoc's and Kramdown's attributes from a heading: "Methods {#methods}"."""
    if pieces:
        text, number = pieces[-1]
        pieces[-1] = (_HEADING_ATTRIBUTES.sub("", text), number)
