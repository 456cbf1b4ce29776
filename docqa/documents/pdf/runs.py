"""From the fragments of a page to runs: parts of a visual line without a wide gap inside (pure).

A run is a `TextFragment`, too. Superscripts and words in other fonts are back in their line. Lengths are in points.
"""

import re
from bisect import bisect_left
from itertools import pairwise
from operator import attrgetter

from docqa.documents.pdf.cleaning import are_letters_doubled, clean, single_spaced, without_doubled_letters
from docqa.documents.pdf.engines import TextFragment
from docqa.documents.pdf.named_tuples import maker
from docqa.documents.pdf.numbering import BULLETS, LIST_MARK
from docqa.documents.pdf.symbols import symbol
from docqa.documents.superscripts import raise_

_run, _LEFT = maker(TextFragment), attrgetter("x0")
_SPACES = re.compile(r" +")
_MARK = re.compile(r"[\d,]{1,4}|[*†‡§]{1,2}")
_MAX_MARK = 4  # Characters of `_MARK`.
_MARK_SIZE = 0.8  # At most, relative to the line beside it.
_MAX_SUPERSCRIPT = 8  # Characters: what is longer is a line in small type.
_BULLET = re.compile(rf"[{BULLETS}]")
_WORDS_BULLET = re.compile(r"o +[A-Z][^\W_]")
_ODD_BULLET = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff](?= +\\w)")
_DRAWN_UNDERSCORE = re.compile(r"[^\W_]_$")  # Its box is not in that of its fragment.
_LETTERS = 3  # At least, of a run that tells how wide a letter is.
_NARROW = 0.92  # A space in type of one width, between letters that fill theirs.
_WORD = re.compile(r"[^\W\d_]{2}")
_HANGING = 0.5  # Heights of the type, at least, between a bullet and its text: more than a space.
_NOTE_GAP, _NOTE = 2.0, 20  # Between a mark and the note after it, in heights of the type; characters, at least.
_MARK_GAP = 6.0  # The widest gap between a list mark and its text, in heights of the type.


def runs(fragments: list[TextFragment]) -> list[TextFragment]:
    """Clean and join fragments, in the order of the file."""
    cleaned = []
    for index, fragment in enumerate(fragments):
        drawn = fragment.text
        text = _symbol(fragments, index) if len(drawn) < 3 else None
        if text is None:
            text = clean(drawn if drawn[:1].isprintable() else _with_bullet(drawn))
        if not text or text.isspace():
            continue
        if text.startswith("o ") and _is_second_bullet(fragments, index):
            text = f"•{text[1:]}"
        if text != drawn or fragment.raised:
            # A bullet may be as small and as high as the mark of a note.
            begins = index == 0 or fragments[index - 1].row != fragment.row
            is_bullet = begins and _BULLET.fullmatch(text.strip())
            raised = fragment.raised and len(text) <= _MAX_SUPERSCRIPT and not is_bullet
            cleaned.append(fragment._replace(text=text, raised=bool(raised)))
        else:
            cleaned.append(fragment)
    if are_letters_doubled([fragment.text for fragment in cleaned]):
        cleaned = [fragment._replace(text=without_doubled_letters(fragment.text)) for fragment in cleaned]
    small = _MARK_SIZE * max([fragment.size for fragment in cleaned], default=0.0)
    marks = [len(f.text.strip()) <= _MAX_MARK and f.size < small and _is_lone_mark(f, cleaned) for f in cleaned]
    if any(marks):
        cleaned = [f._replace(raised=True) if mark else f for f, mark in zip(cleaned, marks, strict=True)]
    gutters = _gutters(cleaned)
    joined: list[TextFragment] = []
    for fragment in cleaned:
        last = joined[-1] if joined else None
        # Most begin far left of where the one before ends.
        if last and fragment.x0 > last.x1 - last.size - fragment.size and _continues(last, fragment, gutters):
            joined[-1] = _join(last, fragment)
        else:
            joined.append(fragment)
    if True in [run.raised for run in joined]:
        joined = _attached(joined)
    return [run if (text := single_spaced(run[0])) == run[0] else _run((text, *run[1:])) for run in joined]


def _is_second_bullet(fragments: list[TextFragment], index: int) -> bool:
    """Whether an "o" at the beginning of a line is Word's bullet of the second level, drawn as one with its text."""
    fragment = fragments[index]
    if not _WORDS_BULLET.match(fragment.text) or (index and fragments[index - 1].row == fragment.row):
        return False
    return any(
        _BULLET.match(other.text) and other.text[1:2] in {"", " "} and other.x0 < fragment.x0 - fragment.size
        for other in fragments[:index]
    )


def _with_bullet(text: str) -> str:
    """The text with a bullet in place of a character that has no meaning of its own before the words of an item."""
    return _ODD_BULLET.sub("•", text, count=1) if _ODD_BULLET.match(text) else text


def line_text(line: list[TextFragment]) -> str:
    """The text of the runs of one line, with spaces between them."""
    if len(line) > 1 or line[0].raised:
        return " ".join([run.text for run in runs(line)])
    # Nine cells of ten.
    text = _symbol(line, 0) if len(line[0].text) < 3 else None
    return single_spaced(clean(line[0].text) if text is None else text)


def _symbol(fragments: list[TextFragment], index: int) -> str | None:
    """What a fragment of one character of a symbol font stands for, None if it is none."""
    fragment = fragments[index]
    begins = index == 0 or fragments[index - 1].row != fragment.row
    if begins and fragment.fixed_pitch and fragment.text.strip() == "o" and index + 1 < len(fragments):
        following = fragments[index + 1]
        return "•" if following.row == fragment.row and not following.fixed_pitch else None  # Word's second bullet.
    read = symbol(fragment.text, fragment.style, begins)
    return "•" if begins and read and read.isalpha() and _hangs(fragments, index) else read


def _hangs(fragments: list[TextFragment], index: int) -> bool:
    """Whether words follow a letter after a wide gap: files call Word's bullet an x in the font of Greek letters."""
    letter, following = fragments[index], fragments[index + 1] if index + 1 < len(fragments) else None
    return (
        following is not None
        and following.row == letter.row
        and following.x0 - letter.x1 > _HANGING * following.size
        and following.text.lstrip()[:1].isalnum()
        and _WORD.search(following.text) is not None
    )


def _is_lone_mark(fragment: TextFragment, page: list[TextFragment]) -> bool:
    """Whether a fragment is a note's mark that the file draws apart from its line."""
    if not _MARK.fullmatch(fragment.text.strip()):
        return False
    return any(
        fragment.size < _MARK_SIZE * line.size
        and line.top - 0.5 * line.size < fragment.bottom < line.bottom - 0.2 * line.size
        and line.x0 - line.size < fragment.x0 < line.x1 + line.size
        for line in page
        if line.row != fragment.row and not line.slanted
    )


def _continues(last: TextFragment, following: TextFragment, gutters: list[tuple[float, float]]) -> bool:
    """Whether a fragment continues the line of the one before it in the file."""
    size = last.size if last.size > following.size else following.size
    gap = following.x0 - last.x1
    if not -0.3 * size < gap or last.hyphen or last.slanted != following.slanted:
        return False
    if not _on_one_line(last, following):
        return False
    if last.raised or following.raised:
        return gap < (0.8 if last.raised else 0.5) * size
    if last.row == following.row:
        return gap < 0.6 * size or (gap < 1.5 * size and not _crosses(gutters, last.x1, following.x0))
    return gap < 0.6 * size


def _on_one_line(a: TextFragment, b: TextFragment) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared > 0.25 * min(a.bottom - a.top, b.bottom - b.top)


def _join(a: TextFragment, b: TextFragment) -> TextFragment:
    gap = b.x0 - a.x1
    apart = gap > _space(a, b) and not b.raised and not _DRAWN_UNDERSCORE.search(a.text)
    text = f"{_shown(a)}{' ' if apart else ''}{_shown(b)}"
    large = a if a.size >= b.size else b  # Not that of a superscript.
    long = a if len(a.text) >= len(b.text) else b  # Not that of a bullet or a drop cap.
    return large._replace(
        text=text,
        x0=min(a.x0, b.x0),
        x1=max(a.x1, b.x1),
        # Not those of superscripts: a line is as high as its letters.
        top=large.top if a.raised != b.raised else min(a.top, b.top),
        bottom=large.bottom if a.raised != b.raised else max(a.bottom, b.bottom),
        size=large.size if a.raised != b.raised else long.size,
        row=b.row,
        hyphen=b.hyphen,
        raised=a.raised and b.raised,
        bold=(a.bold or a.raised) and (b.bold or b.raised),
        fixed_pitch=a.fixed_pitch and b.fixed_pitch,
        style=a.style if b.raised or a.style == b.style else b.style if a.raised else "",
    )


def _space(a: TextFragment, b: TextFragment) -> float:
    """The narrowest space between two runs. In type of one width, narrow letters are far apart without one."""
    if not (a.fixed_pitch and b.fixed_pitch):
        return 0.2 * max(a.size, b.size)
    longer = a if a.x1 - a.x0 > b.x1 - b.x0 else b
    letters = len(longer.text.rstrip(" "))
    return max(0.2 * max(a.size, b.size), _NARROW * (longer.x1 - longer.x0) / letters if letters > _LETTERS else 0.0)


def joined_with_spaces(row: list[TextFragment]) -> TextFragment:
    """Runs of one line as one run."""
    joined = row[0]
    for run in row[1:]:
        joined = _join(joined, run)
    return joined


def _shown(run: TextFragment) -> str:
    """The text of a run, in superscript characters if it is raised."""
    return raise_(run.text.strip()) if run.raised else run.text


def _attached(joined: list[TextFragment]) -> list[TextFragment]:
    """Attach superscripts that the file draws elsewhere to the run that they follow, or else precede."""
    kept = [run for run in joined if not run.raised]
    for mark in (run for run in joined if run.raised):
        before = after = within = None
        for index, run in enumerate(kept):
            near = 0.5 * run.size
            if run.slanted or not run.top - near < mark.bottom < run.bottom:
                continue
            if abs(mark.x0 - run.x1) < near:
                before = index
                break
            if -near < run.x0 - mark.x1 < (_NOTE_GAP if _is_note(mark, run) else 1.0) * run.size:
                after = index
            if run.x0 < mark.x0 and mark.x1 < run.x1 and abs(mark.top - run.top) < near:
                within = index
        if before is not None:
            kept[before] = _join(kept[before], mark)
            # What follows the mark in its line is a run of its own so far.
            following = kept[before + 1] if before + 1 < len(kept) else None
            if following and _continues(kept[before], following, []):
                kept[before : before + 2] = [_join(kept[before], following)]
        elif after is not None:
            kept[after] = _join(mark, kept[after])
        elif within is not None:
            kept[within] = _inserted(kept[within], mark)
        else:
            kept.append(mark._replace(text=_shown(mark), raised=False))
    return kept


def _is_note(mark: TextFragment, run: TextFragment) -> bool:
    """Whether a run may be the first line of a footnote with this mark before it."""
    return run.row == mark.row and len(run.text) >= _NOTE and mark.size < 0.8 * run.size


def _inserted(run: TextFragment, mark: TextFragment) -> TextFragment:
    """A run with a superscript after the word where it is drawn."""
    text = run.text.rstrip()
    position = len(text) * (mark.x0 - run.x0) / (run.x1 - run.x0)
    ends = [space.start() for space in _SPACES.finditer(text)]
    end = min(ends, key=lambda end: abs(end - position), default=len(text))
    return run._replace(text=text[:end] + _shown(mark) + text[end:])


def _gutters(fragments: list[TextFragment]) -> list[tuple[float, float]]:
    """The gaps between columns: x ranges that three rows of the file leave blank, which others don't cross."""
    gaps = [
        (a.x1, b.x0)
        for a, b in pairwise(fragments)
        if a.row == b.row and b.x0 - a.x1 > 0.6 * a.size and not LIST_MARK.fullmatch(a.text.strip())
    ]
    if len(gaps) < 3:
        return []
    found: list[tuple[float, float]] = []
    gaps.sort()
    while gaps:
        low, high = gaps[0]
        same = [gap for gap in gaps if gap[0] < high and gap[1] > low]
        narrow = max(a for a, _ in same), min(b for _, b in same)
        if len(same) >= 3 and narrow[1] - narrow[0] > 2:
            crossed = sum(fragment.x0 < narrow[0] and fragment.x1 > narrow[1] for fragment in fragments)
            if crossed < len(same):
                found.append(narrow)
        gaps = [gap for gap in gaps if gap not in same]
    return found


def _crosses(gutters: list[tuple[float, float]], left: float, right: float) -> bool:
    """Whether a gap from `left` to `right` is one of the gutters."""
    index = bisect_left(gutters, (left, left))
    return any(a < right and b > left for a, b in gutters[max(0, index - 1) : index + 2])


def rows(page: list[TextFragment]) -> list[list[TextFragment]]:
    """Runs at one height, from the left; the rows from the top. A list mark is joined with its text."""
    found: list[list[TextFragment]] = []
    lowest = float("-inf")
    for run in sorted(sorted(page, key=_LEFT), key=_middle):  # Twice is faster than by pairs of numbers.
        middle = (run.top + run.bottom) / 2
        for row in found[-1:-4:-1] if middle < lowest else ():
            first = row[0]
            if first.top < middle < first.bottom and run.top < (first.top + first.bottom) / 2 < run.bottom:
                row.append(run)
                break
        else:
            found.append([run])
            lowest = run.bottom if run.bottom > lowest else lowest
    for row in found:
        if len(row) > 1:
            row.sort(key=_LEFT)
            _join_marks(row)
    return found


def _middle(run: TextFragment) -> float:
    return run.top + run.bottom


def _join_marks(row: list[TextFragment]) -> None:
    for index in range(len(row) - 2, -1, -1):
        mark, text = row[index : index + 2]
        if text.x0 - mark.x1 < _MARK_GAP * text.size and LIST_MARK.fullmatch(mark.text):
            joined = _join(mark, text)
            row[index : index + 2] = [joined._replace(bold=text.bold, size=text.size, style=text.style)]
