"""Where the letters of a fragment are, by their usual widths, and fragments cut at a space (pure)."""

from itertools import accumulate

from docqa.documents.pdf.engines import TextFragment

_TIGHT = 1.15

# Widths of letters in heights of the type, as in Helvetica: what is left has 0.54.
_WIDTHS = {
    **dict.fromkeys("ijl.,:;'|!", 0.25),
    **dict.fromkeys(" ft()[]rI/-", 0.31),
    **dict.fromkeys("ABCDEFGHJKLNOPQRSTUVXYZ&", 0.68),
    **dict.fromkeys("mwMW%@—", 0.85),
}


def cut_near(fragment: TextFragment, x: float) -> tuple[TextFragment, TextFragment] | None:
    """Cut a fragment at the space nearest to `x`; None if there is none near."""
    text, sides = _sides(fragment)
    spaces = [index for index in range(1, len(text) - 1) if text[index] in " \u00a0"]
    if not spaces:
        return None
    best = min(spaces, key=lambda index: abs((sides[index] + sides[index + 1]) / 2 - x))
    if abs((sides[best] + sides[best + 1]) / 2 - x) > 1.5 * fragment.size:
        return None
    left = fragment._replace(text=text[:best], x1=min(sides[best], x), hyphen=False)
    return left, fragment._replace(text=text[best + 1 :], x0=max(sides[best + 1], x))


def cut_at(fragment: TextFragment, index: int) -> tuple[TextFragment, TextFragment]:
    """Cut a fragment before the character with this index, which follows a space."""
    text, sides = _sides(fragment)
    index -= len(fragment.text) - len(fragment.text.lstrip())
    before = len(text[:index].rstrip())
    left = fragment._replace(text=text[:before], x1=sides[before], hyphen=False)
    return left, fragment._replace(text=text[index:], x0=sides[index])


def is_tight(fragment: TextFragment) -> bool:
    """Whether a fragment is about as wide as its letters: there is no wide gap in it."""
    return fragment.x1 - fragment.x0 < _TIGHT * width_of(fragment.text.strip()) * fragment.size


def width_of(text: str) -> float:
    """The usual width of a text, in heights of its type."""
    return sum(_WIDTHS.get(letter, 0.54) for letter in text)


def _sides(fragment: TextFragment) -> tuple[str, list[float]]:
    """The text without spaces around it, and the left side of each letter, with the right side of the last one."""
    text = fragment.text.strip()  # The sides are those of letters.
    widths = [0.54 if fragment.fixed_pitch else _WIDTHS.get(letter, 0.54) for letter in text]
    scale = (fragment.x1 - fragment.x0) / sum(widths)
    return text, [*accumulate((scale * width for width in widths), initial=fragment.x0)]
