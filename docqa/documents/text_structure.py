"""The blocks of a plain text, by how its lines look: paragraphs, list items, headings, tables made of spaces.

A line may end because it is full, or because its author ended it. It was full if the next line's first word did not fit
any more; what was ended on purpose is a row, a verse or a line of an address, and no answer goes beyond it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from docqa.documents.blocks import Block, Table
from docqa.documents.document import Section
from docqa.documents.spaced_tables import (
    find_cells,
    is_contents_entry,
    is_rule,
    make_table,
    rows_among,
    with_statements_joined,
)
from docqa.documents.text_lines import PlainLine, as_lines

_BULLET = re.compile(r"[-*+•◦‣▪■●○–—·]\s+(?=\S)|o\s{2,}(?=\S)")
_NUMBER = re.compile(r"(?P<before>[(\[]?)(?P<value>\d{1,3}|[a-z]|[ivx]{2,5})(?P<after>[.)\]])\s+(?=\S)")
_HEADING_NUMBER = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2})*|[A-Z](?:\.\d{1,2})+)\.?\s+(?=[^\W\d_])")
_ATX = re.compile(r"(?P<hashes>#{1,6})\s+(?P<title>\S.*)")
_SENTENCE_END = re.compile(r"[.!?:;…。！？][\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"[.!?:;,…。！？、，][\"'”’»)\]]*$")
_CJK = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_REPORT_EVERY = 1_000  # Paragraphs.
_LONGEST_HEADING = 75  # Characters.
_LONGEST_WORD = 12  # A longer one, such as a URL, may stand in a line of its own.


class ListMark(NamedTuple):
    """What begins a list item: its form ("-", "(1)" is "(0)"), its value from 1, 0 for a bullet, and its length."""

    form: str
    value: int
    length: int

    @property
    def is_bullet(self) -> bool:
        """Whether it is one of those that are all alike."""
        return len(self.form) == 1


@dataclass
class TextStructure:
    """The structure of a text. `breaks` are offsets, ascending once sorted; `sections` are in order."""

    blocks: list[Block] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)


def find_structure(text: str, report: Callable[[int, int], None] | None = None) -> TextStructure:
    """Find the blocks, tables, headings and breaks of a plain text.

    `report` is called with the number of paragraphs done, and that of all.
    """
    if "\n" not in text and "  " not in text and "\t" not in text:
        # A paragraph, as most contexts of pairs are.
        return TextStructure([Block("paragraph", 0, len(text))] if text.strip() else [])
    return _Finder(text).find(report)


class _Finder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._groups = with_statements_joined(_groups(as_lines(text)))
        self._found = TextStructure()
        self._width, self._indent = _measure(self._groups)
        self._numbers = {
            (mark.form, mark.value)
            for group in self._groups
            for line in group
            if (mark := list_mark(line.text)) is not None
        }
        self._indents: list[int] = []
        """Indents of the list items that enclose the next one."""

    def find(self, report: Callable[[int, int], None] | None) -> TextStructure:
        for index, group in enumerate(self._groups):
            if report is not None and index % _REPORT_EVERY == 0:
                report(index, len(self._groups))
            level = self._heading_level(index)
            if level is None:
                self._add_group(group)
            else:
                self._add_heading(group, level)
            self._found.breaks.add(group[-1].end)
        self._found.sections.sort(key=lambda section: section.start)
        return self._found

    # Headings -----------------------------------------------------------------------------------------------

    def _heading_level(self, index: int) -> int | None:
        """The level of a group that is a heading, else None. Only what stands alone is one."""
        group = self._groups[index]
        line = group[0]
        if len(group) == 2 and set(group[1].text) in ({"="}, {"-"}, {"~"}) and len(group[1].text) >= 3:
            fits = abs(len(line.text) - len(group[1].text)) <= 4 and len(find_cells(line)) == 1
            return "=-~".index(group[1].text[0]) if fits else None
        if len(group) > 1 or len(line.text) > _LONGEST_HEADING or len(find_cells(line)) > 1:
            return None
        if atx := _ATX.fullmatch(line.text):
            return len(atx["hashes"]) - 1
        if (
            is_contents_entry(line.text)
            or line.text.endswith((",", ";", ":", "!", "?"))
            or not self._is_followed(index)
        ):
            return None
        letters = [char for char in line.text if char.isalpha()]
        if len(letters) >= 4 and all(char.isupper() for char in letters):
            return 0
        numbered = _HEADING_NUMBER.match(line.text)
        if numbered and not line.text.endswith("."):
            if self._is_listed(index) or not line.text[numbered.end()].isupper() or line.indent > self._indent:
                return None
            return numbered["number"].count(".") + 1
        if line.indent == 0 and self._indent >= 2 and line.text[0].isupper():
            return None if line.text.endswith(".") else 0
        return None

    def _is_listed(self, index: int) -> bool:
        """Whether a numbered line stands under or above another one with a number of the same depth."""
        depths = [
            match["number"].count(".") if len(group) == 1 and (match := _HEADING_NUMBER.match(group[0].text)) else -1
            for group in self._groups[max(0, index - 1) : index + 2]
        ]
        own = depths[1 if index else 0]
        return depths.count(own) > 1

    def _is_followed(self, index: int) -> bool:
        """Whether the next group is a text under a heading: several lines, or a whole sentence."""
        for group in self._groups[index + 1 : index + 3]:
            if len(group) > 1 or len(group[0].text) > _LONGEST_HEADING or _SENTENCE_END.search(group[0].text):
                return True
            if not _HEADING_NUMBER.match(group[0].text):
                return False  # One more heading may stand between.
        return False

    def _add_heading(self, group: list[PlainLine], level: int) -> None:
        line = group[0]
        atx = _ATX.fullmatch(line.text)
        self._indents = []
        self._add("heading", line.start, line.end, level)
        self._found.breaks.add(line.end)
        title = atx["title"].strip("# ") if atx else " ".join(line.text.split())
        self._found.sections.append(Section(title, level, line.start))

    # Paragraphs, lists and tables ---------------------------------------------------------------------------

    def _add_group(self, group: list[PlainLine]) -> None:
        done = 0
        for first, last in rows_among(group):
            self._add_lines(group[done:first])
            rows = group[first:last]
            table = make_table(rows)
            if table:
                self._add("table", table.start, table.end)
                self._found.tables.append(table)
                self._indents = []
            for line in rows:
                if not table and not is_rule(line.text):
                    self._add("paragraph", line.start, line.end)
                self._found.breaks.add(line.end)
                for cell in find_cells(line):
                    self._found.breaks.update({cell.end, cell.start - 1} if cell.start > line.start else {cell.end})
            done = last
        self._add_lines(group[done:])

    def _add_lines(self, lines: list[PlainLine]) -> None:
        """Add lines without columns: each begins a block, or goes on with the block of the line before."""
        longest = max((line.width for line in lines), default=0)
        versed = len(lines) >= 4 and all(line.text.lstrip("\"'“‘(_*").lstrip()[:1].isupper() for line in lines)
        versed = versed and longest < max(0.85 * self._width, 60) and any(not _CJK.search(line.text) for line in lines)
        begin, mark, kind = 0, None, ""
        for index, line in enumerate(lines):
            before = lines[index - 1] if index else None
            ended = before is None or _CLAUSE_END.search(before.text) is not None
            full = before is not None and not versed and self._is_full(before, line, longest)
            found = self._mark(line, before, mark, ended or not full)
            contents = is_contents_entry(line.text)
            if before is not None and (found or contents or kind == "contents" or not full):
                self._add_item(lines[begin:index], kind, mark)
                self._found.breaks.add(before.end)
                begin = index
                if found is None and not _is_inside(line, lines[begin - 1]):
                    mark = None
            if found:
                mark = found
                self._found.breaks.add(line.start + found.length - 1)
            if begin == index:
                kind = "contents" if contents else "list_item" if found else "paragraph"
        if lines:
            self._add_item(lines[begin:], kind, mark)

    def _add_item(self, lines: list[PlainLine], kind: str, mark: ListMark | None) -> None:
        first, level = lines[0], 0
        if kind == "list_item" and mark:
            while self._indents and self._indents[-1] >= first.indent:
                self._indents.pop()
            level = len(self._indents)
            self._indents.append(first.indent)
        elif first.indent == 0:
            self._indents = []
        if kind != "paragraph" or not all(is_rule(line.text) for line in lines):
            self._add(kind, first.start, lines[-1].end, level)

    def _mark(self, line: PlainLine, before: PlainLine | None, last: ListMark | None, may: bool) -> ListMark | None:
        """The mark that makes a line a list item. `may`: whether the line before may end an item or a sentence."""
        found = list_mark(line.text)
        if found is None:
            return None
        if found.is_bullet:
            return found if may or (last is not None and last.form == found.form) else None
        follows = last is not None and (last.form, last.value + 1) == (found.form, found.value)
        siblings = {(found.form, found.value + step) for step in (-1, 1)} & self._numbers
        if follows or (may and siblings) or (before is None and found.value == 1 and found.length > 3):
            return found
        return None

    def _is_full(self, line: PlainLine, following: PlainLine, longest: int) -> bool:
        """Whether a line ended because the next word did not fit, in a group whose longest line is `longest` wide."""
        word = following.text.split(None, 1)[0]
        goes_on = not _SENTENCE_END.search(line.text)
        if goes_on and word[0].islower() and not re.search("@|://|^www", word) and line.width >= longest / 2:
            return True
        if longest < 0.6 * self._width or longest < 25:
            return False
        needed = 1 if _CJK.match(word) else 1 + min(len(word), _LONGEST_WORD)
        return line.width + needed > longest or (goes_on and line.width >= 0.7 * longest and longest >= 50)

    def _add(self, kind: str, start: int, end: int, level: int = 0) -> None:
        self._found.blocks.append(Block(kind, start, end, level))


def _groups(lines: list[PlainLine]) -> list[list[PlainLine]]:
    """The lines between blank lines."""
    groups: list[list[PlainLine]] = [[]]
    for line in lines:
        if line.text:
            groups[-1].append(line)
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _measure(groups: list[list[PlainLine]]) -> tuple[int, int]:
    """The width at which most lines were wrapped, 0 if none were, and the indent of most lines in paragraphs."""
    wrapped = sorted(line.width for group in groups for line in group[:-1])
    width = wrapped[len(wrapped) * 9 // 10] if wrapped else 0
    indents = sorted(line.indent for group in groups if len(group) >= 3 for line in group[1:])
    return width, indents[len(indents) // 2] if indents else 0


def list_mark(text: str, at: int = 0) -> ListMark | None:
    """The bullet or number that a text has at an offset, as a list item would."""
    if bullet := _BULLET.match(text, at):
        return ListMark(text[at], 0, bullet.end() - at)
    match = _NUMBER.match(text, at)
    if not match:
        return None
    value, length = match["value"], match.end() - at
    if value.isdigit():
        return ListMark(f"{match['before']}0{match['after']}", int(value), length)
    if len(value) == 1 and value not in "ivx":
        return ListMark(f"{match['before']}a{match['after']}", ord(value) - ord("a") + 1, length)
    return ListMark(f"{match['before']}i{match['after']}", _roman(value), length)


def _roman(value: str) -> int:
    digits = [{"i": 1, "v": 5, "x": 10}[char] for char in value]
    return sum(-one if one < after else one for one, after in zip(digits, [*digits[1:], 0], strict=True))


def _is_inside(line: PlainLine, before: PlainLine) -> bool:
    """Whether a line is indented into the item before it."""
    return line.indent > before.indent
