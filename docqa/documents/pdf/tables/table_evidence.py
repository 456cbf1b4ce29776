"""Whether aligned lines are a table, by what is in them (pure).

What only looks so: columns of prose, lists and clauses with their numbers, contents, equations, code, forms, diagrams.
A wrong table does more harm than a missed one, since it cuts sentences.
"""

import re
from collections import Counter
from itertools import pairwise

from docqa.documents.pdf.numbering import BULLETS
from docqa.documents.pdf.tables.page_table import TIME, Chunk, baseline, is_numeric, right_of_digits
from docqa.documents.pdf.tables.text_columns import ChunkedLine, PlacedChunk, TableBody

_SET_IN = 0.4  # Of the type's size: numbers whose digits end so near each other are in one column.
_ALIGNED = 2.5  # Points.
_MIN_ALIGNED = 0.7  # Share.
_MIN_NUMBERS = 3
_MAX_INDENT = 30.0  # Points.
_MIN_ROWS = 3
_MIN_STATEMENT, _MIN_FULL = 4, 2  # Columns; rows.
_MIN_SPARSE, _MOST = 0.25, 0.75  # Shares.
_FEW_ROWS = 4
_ENCLOSED = 3  # Rules: above and below the headings, and at the end.
_PROSE_WORDS = 5
_TIGHT = 0.4  # Heights of the type, between the lines of one paragraph.
_MAX_DEFINITION = 12  # Lines.

_MARKER = re.compile(
    rf"(?:[{BULLETS}−o§ü\uf0a7\uf0b7\uf0d8]|"
    r"[(\[]?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)\]:]{0,2}"
    r"|(?:\d+\.)+\d*\.?|[A-Z]\.(?:\d+\.?)*|[A-Z]\d+(?:\.\d+)*|§+ ?\d.*"
    r"|(?:Article|Section|Step|Note|Figure|Table|Q)\s?[\d.]*:?)$"
)
_BULLET = re.compile(r"[^\w\s☐☑☒✓✔✗✘+±=<>#.,–—*×-]?$|[o§$>]$")
_OPERATOR = re.compile(r"[=←→⇒≡:<>≤≥+*/|∈&\\-]+$")
_LABELLED = re.compile(r"[A-Za-z][A-Za-z .]{1,25}: ?\S")
_SOURCE = re.compile(r"(?:Sources?|Notes?|Quelle|Anmerkung)\s?:$")
_ADDRESS = re.compile(r"[a-z],? [A-Z]{2} \d{5}(?:[-–]\d{4})?$")
_BLANK_AMOUNT = re.compile(r"(?:00|[.,])$")
_NUMBERED_BOX = re.compile(r"\d{1,2}[a-z]?\. ?[A-Z]")
_CLAUSE = re.compile(r"(\d{1,2})\.(\d\d)$")
_CODE = re.compile(r"[;{}=]|--|\w\(|^(?:#|//|>>>|\$ )|\\$")
_EQUATION_NUMBER = re.compile(r"\(\w?\.?\d+(?:\.\d+)*[a-z]?\)$")
_LEADERS = re.compile(r"\.\.\.\.|\. \. \. |…|____|· · · ")  # Literally, they are found three times as fast.
_PAGE_NUMBER = re.compile(r"(?:^|[ …]|\.\.)((?:[ivxlc]+|(?:[A-Z]-)?\d{1,4}))\s*$")


def is_in_paragraph(lines: list[ChunkedLine], start: int, end: int) -> bool:
    """Whether a full line without a gap stands right above or below: the gaps are those of justified lines."""
    if end - start > 5 or (end - start >= _MIN_ROWS and all(map(_has_only_numbers, lines[start:end]))):
        return False
    left = min(line.chunks[0].x0 for line in lines[start:end])
    right = max(line.chunks[-1].x1 for line in lines[start:end])
    for index, upper in ((start - 1, start - 1), (end, end - 1)):
        if not 0 <= index < len(lines) or len(lines[index].chunks) > 1:
            continue
        chunk, size = lines[index].chunks[0], lines[index].size
        if (
            lines[upper + 1].top - lines[upper].bottom < 0.5 * size
            and abs(chunk.x0 - left) < size
            and chunk.x1 > right - 0.2 * (right - left)
        ):
            return True
    return False


def _has_only_numbers(line: ChunkedLine) -> bool:
    """Whether what follows the first chunk of a line, or all of it, is numbers."""
    return len(line.chunks) > 1 and all(is_numeric(chunk.text) for chunk in line.chunks[1:])


def may_be_table(body: TableBody, rules: int) -> bool:
    """Whether columns may be those of a table, by their texts. `rules`: how many are as long as the lines."""
    texts = [[chunk.text for chunk in column] for column in body.columns]
    full = [pieces for pieces in body.placed if len(pieces) > 1]
    if not all(texts) or len(full) < (2 if rules >= 2 else _MIN_ROWS):
        return False
    if any(_most_match(pattern, column, 0.6) for column in texts for pattern in (_BULLET, _OPERATOR)):
        return False
    if not (_may_be_pairs(texts, rules) if body.width == 2 else _may_be_columns(texts, rules)):
        return False
    if _most_match(_EQUATION_NUMBER, texts[-1], 0.5) or _is_code(body) or _is_contents(body) or _is_form(body, texts):
        return False
    return sum(_sizes_differ(pieces) for pieces in full) <= 0.25 * len(full)


def _may_be_pairs(texts: list[list[str]], rules: int) -> bool:
    """Whether two columns may be names and values, terms and texts, or times and events: no list, no prose."""
    if _are_times(texts[0]):
        return True
    if _most_match(_MARKER, texts[0], 0.4) or _words(texts[0]) >= _PROSE_WORDS or _most_match(_LABELLED, texts[1], 0.5):
        return False
    if any(map(_SOURCE.match, texts[0])) or all(any(map(_ADDRESS.search, column)) for column in texts):
        return False
    return rules >= 2 or _words(texts[1]) >= _PROSE_WORDS or not all(map(_flows, texts))


def _are_times(texts: list[str]) -> bool:
    """Whether most texts are times of the day, and not the numbers of clauses: 1.13, 1.14, 1.15."""
    if not _most_match(TIME, texts, 0.6):
        return False
    numbers = [(int(found[1]), int(found[2])) for text in texts if (found := _CLAUSE.match(text))]
    counted = sum(a == c and b + 1 == d for (a, b), (c, d) in pairwise(numbers))
    return counted < 0.5 * (len(texts) - 1)


def _may_be_columns(texts: list[list[str]], rules: int) -> bool:
    """Whether three columns or more are none of prose, nor words of justified lines."""
    if rules >= 2:
        return True
    prose = sum(_words(column) >= _PROSE_WORDS for column in texts)
    if prose > 1 or sum(map(_flows, texts)) > 1 or _are_words(texts):
        return False
    if any(_most_match(_MARKER, a, 0.6) and _words(b) >= _PROSE_WORDS for a, b in pairwise(texts)):
        return any(sum(map(is_numeric, column)) >= 0.5 * len(column) for column in texts[2:])
    return True


def has_table_rows(body: TableBody, groups: list[list[int]], rules: int) -> bool:
    """Whether groups of lines are a table's rows: enough, mostly filled, and aligned."""
    if len(groups) < (2 if rules >= 2 else _MIN_ROWS) or not _is_filled(body, groups, rules):
        return False
    full = [pieces for pieces in body.placed if len(pieces) > 1]
    if body.width > 2:
        numeric = any(sum(is_numeric(c.text) for c in column) > 0.4 * len(column) for column in body.columns[1:])
        if rules < 2 and not numeric and sum(map(_on_baseline, full)) < 0.5 * len(full):
            return False
        return sum(map(_is_aligned, body.columns)) >= 0.6 * body.width
    texts = [[chunk.text for chunk in column] for column in body.columns]
    if _are_times(texts[0]):
        return True
    if _words(texts[1]) >= _PROSE_WORDS:
        return _defines(body, groups, rules)
    if rules < 2 and sum(map(_on_baseline, full)) < 0.7 * len(full):
        return False
    labels, values = body.columns
    return _is_aligned(values) and (_is_aligned(labels) or _is_indented(labels))


def _is_filled(body: TableBody, groups: list[list[int]], rules: int) -> bool:
    """Whether most cells have text, and few span columns; two rows alone need a header or numbers."""
    pieces = [piece for line in body.placed[1:] for piece in line]
    spanning = sum(piece.first != piece.last for piece in pieces)
    filled = sum(len({piece.first for index in group for piece in body.placed[index]}) for group in groups)
    least = _MIN_SPARSE if _is_statement(body) else 0.5 if rules >= 2 else 0.6
    if spanning > 0.15 * len(pieces) or filled < least * len(groups) * body.width:
        return False
    if len(groups) >= _MIN_ROWS:
        # Values beside a chart are each in a place of their own.
        return rules > 0 or len(groups) > _FEW_ROWS or min(map(len, body.columns)) > 1
    if filled < len(groups) * body.width:
        return False
    bold = all(piece.chunk.fragments[0].bold for piece in body.placed[0])
    return bold or any(is_numeric(piece.chunk.text) for piece in body.placed[-1][1:])


def _is_statement(body: TableBody) -> bool:
    """Whether there are labels and several columns of numbers: many cells may be empty, as in changes in equity."""
    numbers = [chunk.text for column in body.columns[1:] for chunk in column]
    if body.width < _MIN_STATEMENT or sum(map(is_numeric, numbers)) < _MOST * len(numbers):
        return False
    full = [index for index, line in enumerate(body.placed) if not line[0].first and len(line) > _MOST * body.width]
    if len(full) < _MIN_FULL:
        return False  # A chart, above its scale.
    rows = body.placed[full[0] :]
    return sum(not line[0].first for line in rows) > _MOST * len(rows)


def _is_form(body: TableBody, texts: list[list[str]]) -> bool:
    """Whether columns have only what is printed in the boxes for amounts, or the boxes are numbered."""
    everything = [piece.chunk.text for line in body.placed for piece in line]
    return any(_most_match(_BLANK_AMOUNT, column, 0.8) for column in texts[1:]) or _most_match(
        _NUMBERED_BOX, everything, 0.3
    )


def _on_baseline(pieces: list[PlacedChunk]) -> bool:
    """Whether the chunks of a line stand on one line, not only at about the same height."""
    lines = [baseline(piece.chunk.fragments[0]) for piece in pieces]
    return max(lines) - min(lines) < 0.2 * pieces[0].chunk.fragments[0].size


def _sizes_differ(pieces: list[PlacedChunk]) -> bool:
    """Whether a line has type of very different sizes, as a diagram or a poster has."""
    heights = [
        max([f.bottom - f.top for f in piece.chunk.fragments]) for piece in pieces if piece.chunk.text[:1].isalnum()
    ]
    return bool(heights) and max(heights) > 1.7 * min(heights)


def _flows(column: list[str]) -> bool:
    """Whether the texts of a column go on from one to the next, as the lines of a paragraph do."""
    return _words(column) >= 2 and sum(text[:1].islower() for text in column) >= 0.35 * len(column)


def _are_words(texts: list[list[str]]) -> bool:
    """Whether the columns are words of justified lines."""
    everything = [text for column in texts for text in column]
    lower = sum(text[:1].islower() for text in everything)
    return lower > 0.6 * len(everything) and not any(map(is_numeric, everything))


def _is_aligned(column: list[Chunk]) -> bool:
    """Whether most chunks, or most numbers, have their left sides, right sides or middles at one place."""
    if _are_aligned(column):
        return True
    numbers = [chunk for chunk in column if is_numeric(chunk.text)]  # Their heading may stand anywhere above them.
    if len(numbers) < _MIN_NUMBERS:
        return False
    # Total lines may be set in by a little more.
    near = max(_ALIGNED, _SET_IN * min(number.fragments[0].size for number in numbers))
    return _are_aligned(numbers) or _is_at_one_place([right_of_digits(number) for number in numbers], near)


def _are_aligned(column: list[Chunk]) -> bool:
    return (
        _is_at_one_place([c.x0 for c in column])
        or _is_at_one_place([c.x1 for c in column])
        or _is_at_one_place([(c.x0 + c.x1) / 2 for c in column])
    )


def _is_at_one_place(positions: list[float], near: float = _ALIGNED) -> bool:
    return max(positions) - min(positions) <= near or _share_aligned(positions, near) >= _MIN_ALIGNED


def _is_indented(labels: list[Chunk]) -> bool:
    """Whether most labels begin at one of two places, since those of a section are indented."""
    lefts = [label.x0 for label in labels]
    main = max(lefts, key=lambda left: sum(abs(other - left) <= _ALIGNED for other in lefts))
    others = [left for left in lefts if abs(left - main) > _ALIGNED]
    return len(others) < len(lefts) / 2 and _share_aligned(others) >= 0.7 and max(others) - main < _MAX_INDENT


def _defines(body: TableBody, groups: list[list[int]], rules: int) -> bool:
    """Whether each row has a term and a text, some of several lines, and the rows are set apart."""
    begin = [{piece.first for piece in body.placed[group[0]]} for group in groups[1:]]
    if len(groups) < _MIN_ROWS or sum(map(len, begin)) < 1.8 * len(begin):
        return False
    if len(groups) == len(body.lines):
        return rules >= _ENCLOSED
    firsts = {group[0] for group in groups}
    steps = [(index in firsts, b.top - a.bottom) for index, (a, b) in enumerate(pairwise(body.lines), 1)]
    small = sum([body.placed[index][-1].chunk.text[0].islower() for index in firsts])
    if small < 0.5 * len(firsts) and any(_goes_on(body, index) for index in firsts if index):
        return False
    between, inside = (sorted(step for is_first, step in steps if is_first == wanted) for wanted in (True, False))
    if rules >= 2:
        return True
    if inside[-1] > 0.75 * body.lines[0].size or max(map(len, groups)) > _MAX_DEFINITION:
        return False  # Sections with their titles in the margin.
    if between[len(between) // 2] > 1.15 * inside[len(inside) // 2]:
        return True
    return sum(chunk.text.endswith(":") for chunk in body.columns[0]) > 0.6 * len(body.columns[0])


def _goes_on(body: TableBody, index: int) -> bool:
    """Whether the text in a line, beside a term, is the next line of the sentence above: its row is none."""
    above, text = (pieces[-1].chunk for pieces in body.placed[index - 1 : index + 1])
    tight = body.lines[index].top - body.lines[index - 1].bottom < _TIGHT * body.lines[index].size
    return tight and text.text[0].islower() and above.text[-1].isalpha() and above.text.count(" ") >= _PROSE_WORDS


def _is_code(body: TableBody) -> bool:
    found = [piece.chunk for line in body.placed for piece in line]
    typed = sum(c.fragments[0].fixed_pitch and _CODE.search(c.text) is not None for c in found)
    return typed > 0.15 * len(found) or sum(c.text.endswith((");", "{")) for c in found) > 0.2 * len(found)


def _is_contents(body: TableBody) -> bool:
    """Whether lines end in the numbers of pages: after leaders, or ascending."""
    full = [[piece.chunk.text for piece in line] for line in body.placed if len(line) > 1]
    numbers = [match.group(1) for line in full if (match := _PAGE_NUMBER.search(line[-1]))]
    values = [int(number) for number in numbers if number.isdecimal()]
    if len(values) > 2 and sum(a <= b for a, b in pairwise(values)) < 0.9 * (len(values) - 1):
        return False
    leaders = sum(_LEADERS.search("\n".join(line)) is not None for line in full)
    if leaders > 0.3 * len(full):
        return len(numbers) > 0.3 * len(full)
    alone = sum(_PAGE_NUMBER.fullmatch(line[-1]) is not None for line in full)
    return len(full[0]) == 2 and alone > 0.7 * len(full)


def _most_match(pattern: re.Pattern[str], texts: list[str], share: float) -> bool:
    """Whether more than a share of texts match."""
    enough = int((1 - share) * len(texts)) + 1
    if not any(map(pattern.match, texts[:enough])):
        return False  # Nearly always: the others are too few.
    return len(list(filter(pattern.match, texts))) / len(texts) > share


def _share_aligned(positions: list[float], near: float = _ALIGNED) -> float:
    """The share of positions that are near the most common one."""
    if not positions:
        return 0.0
    if max(positions) - min(positions) <= near:
        return 1.0
    counts = Counter(positions)  # The sides of many numbers are at few.
    most = max([sum([n for other, n in counts.items() if abs(other - at) <= near]) for at in counts])
    return most / len(positions)


def _words(texts: list[str]) -> int:
    """The median of the texts' numbers of words."""
    return sorted(text.count(" ") + 1 for text in texts)[len(texts) // 2]
