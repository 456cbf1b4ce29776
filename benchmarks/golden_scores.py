"""How much of a transcribed page a tool's output has: blocks and table cells (pure).

A block counts when its whole text is equal to a block of the tool, and it stands right after the block before it: the
tool's text up to there ends with the last letters of that one. A cell counts when its text, its row's heading and its
column's heading are equal. Texts are compared as `normalized`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_LAST_LETTERS = 20  # Of the block before: enough to tell blocks apart.

BESIDE_THE_BODY = frozenset({"header", "footer", "footnote", "note", "figure", "watermark", "line_number"})
"""Kinds of blocks that stand apart from the running text, and don't come between two of its blocks."""

Key = tuple[str, str, str]
"""A cell for comparison: its text, its row's heading and its column's."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: texts by row and column, "" for an empty cell, repeated where a cell spans several positions.

    `headers` is the number of header rows and header columns, None for a tool that does not say.
    """

    rows: tuple[tuple[str, ...], ...]
    headers: tuple[int, int] | None = None

    def keys(self, headers: tuple[int, int]) -> list[Key]:
        """The cells that are neither empty nor headings."""
        header_rows, header_columns = headers
        return [
            (
                normalized(text),
                _joined(row[:header_columns]),
                _joined([above[column] for above in self.rows[:header_rows] if column < len(above)]),
            )
            for row in self.rows[header_rows:]
            for column, text in enumerate(row)
            if column >= header_columns and normalized(text)
        ]


@dataclass(frozen=True, slots=True)
class PageText:
    """One page as a tool reads it: the texts of its body's blocks in order, those of tables included, and its tables.

    There may be several readings of either, of which the best counts: a tool without paragraphs may have blank lines
    between them or not, and a table may have its headings on the page before.
    """

    blocks: tuple[tuple[str, ...], ...]
    tables: tuple[tuple[Grid, ...], ...] = ((),)


@dataclass(frozen=True, slots=True)
class GoldenPage:
    """One page as a person transcribed it: a file of tests/golden."""

    name: str
    document: str
    page: int
    tags: tuple[str, ...]
    body: tuple[dict[str, Any], ...]

    @property
    def grids(self) -> list[Grid]:
        """Its tables."""
        return [
            Grid(tuple(map(tuple, block["rows"])), (block["header_rows"], block["header_columns"]))
            for block in self.body
            if block["kind"] == "table"
        ]


@dataclass(slots=True)
class Score:
    """How many blocks and cells there are and how many counted; the texts of those that did not."""

    blocks: int = 0
    blocks_right: int = 0
    cells: int = 0
    cells_right: int = 0
    missed: list[str] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.blocks + other.blocks,
            self.blocks_right + other.blocks_right,
            self.cells + other.cells,
            self.cells_right + other.cells_right,
            self.missed + other.missed,
        )


def score(golden: GoldenPage, page: PageText) -> Score:
    """Score one page."""
    result = Score()
    _score_blocks(golden, page, result)
    _score_cells(golden, page, result)
    return result


def _score_blocks(golden: GoldenPage, page: PageText, result: Score) -> None:
    missed = min((list(_missed_blocks(golden, blocks)) for blocks in page.blocks), key=len)
    result.blocks = sum(block["kind"] != "table" for block in golden.body)
    result.blocks_right = result.blocks - len(missed)
    result.missed += missed


def _missed_blocks(golden: GoldenPage, blocks: Sequence[str]) -> Iterator[str]:
    """Yield a description of each block that does not count."""
    texts = [normalized(text) for text in blocks]
    before = [""]
    for text in texts:
        before.append(before[-1] + text)
    used: set[int] = set()
    endings: list[str] | None = None  # What the text may end with before the next block; None: anything.
    for block in golden.body:
        if block["kind"] == "table":
            cells = {normalized(cell)[-_LAST_LETTERS:] for row in block["rows"] for cell in row}
            endings = sorted(cells - {""})
            continue
        wanted = normalized(block["text"])
        alike = [i for i, text in enumerate(texts) if i not in used and _equal(text, wanted, block.get("continues"))]
        fitting = [i for i in alike if endings is None or any(map(before[i].endswith, endings))]
        used.update(fitting[:1])
        if not fitting:
            yield f"{block['kind']} {'out of order' if alike else 'not whole'}: {block['text']}"
        endings = [wanted[-_LAST_LETTERS:]]


def _equal(text: str, wanted: str, continues: str | None) -> bool:
    # A word that is divided by the page's end has its hyphen or not.
    return text == wanted or (continues in {"after", "both"} and text.rstrip("-") == wanted.rstrip("-"))


def _score_cells(golden: GoldenPage, page: PageText, result: Score) -> None:
    wanted = Counter(key for grid in golden.grids for key in grid.keys(grid.headers or (0, 0)))
    assumptions = {(1, 1), *(grid.headers for grid in golden.grids if grid.headers)}
    found: Counter[Key] = Counter()
    for grids in page.tables:
        for assumed in sorted(assumptions):
            keys = Counter(key for grid in grids for key in grid.keys(grid.headers or assumed))
            found = max(found, wanted & keys, key=Counter.total)
    result.cells += wanted.total()
    result.cells_right += found.total()
    result.missed += [f"cell: {' | '.join(key)}" for key in (wanted - found).elements()]


def _joined(texts: Sequence[str]) -> str:
    """Join headings, one that spans several rows or columns once."""
    headings = [normalized(text) for text in texts]
    return "".join(text for i, text in enumerate(headings) if not i or text != headings[i - 1])


# Texts ---------------------------------------------------------------------------------------------

_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d61\u1d78\u1d9b-\u1dbf"
# A mark of a note, or an exponent: dropped, however it is set apart. One that is glued to its word stays, and is wrong.
_RAISED = re.compile(rf"[{_SUPERSCRIPTS}]+|\[\^[^\]]*\]|\^\{{[^}}]*\}}|\^\w+")
_TAG = re.compile(r"<sup>(.*?)</sup>", re.DOTALL)
_SUBSCRIPT = re.compile(r"</?sub>|_")  # And blanks to be filled in.
_BULLET = re.compile(r"^(?:[•‣◦▪▫●○■◆◇➢➤▸✓✔❖∙⁃\uf000-\uf0ff]\s*|[-–—*·o§]\s+)(?=\S)")
_LEADERS = re.compile(r"(?:\s?[.·…]){3,}|…\s?…")
_MATHEMATICAL = re.compile("[\U0001d400-\U0001d7ffℎµ]")  # Letters of another font.
_ALIKE = str.maketrans(
    dict.fromkeys("□❏❑▢⬜\uf06f\uf0a8\uf071", "☐")
    | dict.fromkeys("☑⊠\uf078\uf0fe\uf0fd", "☒")
    | {"\u2010": "-", "\u2011": "-", "✔": "✓"}
    | {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
    | dict(zip("₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789aehijklmnoprstuvx", strict=True))
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "")
)


def normalized(text: str) -> str:
    """Return a text as it is compared: what is a matter of taste, or of a tool's way to write it, is gone.

    That is white space, the kinds of bullets and check boxes, ligatures, the length of leaders, and what is raised or
    lowered: superscripts go, subscripts become letters. Case, quotes, dashes and hyphens are as printed.
    """
    text = _BULLET.sub("•", unicodedata.normalize("NFC", text).strip().translate(_ALIKE))
    text = _MATHEMATICAL.sub(lambda letter: unicodedata.normalize("NFKC", letter.group()), text)
    text = _TAG.sub(lambda raised: "".join(c for c in raised.group(1) if not c.isalnum()), text)
    text = _LEADERS.sub("…", _SUBSCRIPT.sub("", _RAISED.sub("", text)))
    return "".join(text.split())


def markdown_blocks(text: str) -> tuple[list[str], list[Grid]]:
    """Return the blocks and the tables of a Markdown text, without its marks. A table is one of the blocks, too."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks: list[str] = []
    grids: list[Grid] = []
    rows: list[list[str]] = []
    mark = ""
    table = False
    for token in tokens:
        if token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "• "
        elif token.type == "table_open":
            table, rows = True, []
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            table = False
            grids.append(Grid(tuple(map(tuple, rows))))
            blocks.append(" ".join(cell for row in rows for cell in row))
        elif token.type == "inline":
            content = "".join(_inline(token.children or []))
            if table:
                rows[-1].append(content)
                continue
            # "- a) text" has two marks where the page has one.
            blocks.append(content if _OWN_MARK.match(content) else mark + content)
            mark = ""
        elif token.type in {"fence", "code_block"}:
            blocks.append(token.content)
    return blocks, grids


_OWN_MARK = re.compile(r"\(?(?:\w{1,3}|\d+(?:\.\d+)+)[.)]\s|[•‣◦▪▫●○■·–]|o\s")


def _inline(tokens: Sequence[Any]) -> Iterator[str]:
    """Yield the visible text. Tags stay where `normalized` knows them."""
    for token in tokens:
        if token.type in {"text", "code_inline"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"} or token.content.startswith("<br"):
            yield " "
        elif token.content.strip("</>") in {"sup", "sub"}:
            yield token.content
