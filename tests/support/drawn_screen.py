"""What is on the screen of an app, cell by cell: characters with their colours."""

import string
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from rich.style import Style
from textual.color import Color

_LETTERS = string.ascii_letters + "αβγδεζηθικλμνξοπρστυφχψω"


class Cell(NamedTuple):
    """A character and how it is drawn. Colours are in hexadecimal."""

    text: str
    foreground: str
    background: str
    emphasis: str
    """"bold", "italic" and so on."""

    @property
    def style(self) -> str:
        return f"{self.foreground} on {self.background} {self.emphasis}".rstrip()

    @property
    def contrast(self) -> float:
        """The contrast ratio of WCAG 2, 1 to 21."""
        darker, lighter = sorted((_luminance(self.foreground), _luminance(self.background)))
        return (lighter + 0.05) / (darker + 0.05)

    @property
    def is_text(self) -> bool:
        """Whether it is to be read: not a space, nor a line, a bar or a mark."""
        return bool(self.text.strip()) and unicodedata.category(self.text[0])[0] in "LNP"


_COVERED = Cell(" ", "#000000", "#000000", "")


def drawn(app: Any) -> list[list[Cell]]:
    """The rows of the screen, without what shows through around a dialog."""
    rows = [list(_row(strip)) for strip in app.screen._compositor.render_strips()]
    if not app.screen.is_modal:
        return rows
    own = [widget.region for widget in app.screen.children if widget.display]
    return [
        [cell if any(region.contains(x, y) for region in own) else _COVERED for x, cell in enumerate(row)]
        for y, row in enumerate(rows)
    ]


def _row(strip: Any) -> Iterator[Cell]:
    for segment in strip:
        style = segment.style or Style()
        colours = [Color.from_rich_color(colour).hex.lower() for colour in (style.color, style.bgcolor) if colour]
        foreground, background = colours if len(colours) == 2 else ("#ffffff", "#000000")
        if style.reverse:
            foreground, background = background, foreground
        names = [name for name in ("bold", "dim", "italic", "underline", "strike") if getattr(style, name)]
        for character in "" if segment.control else segment.text:
            yield Cell(character, foreground, background, " ".join(names))


def written(size: tuple[int, int], screens: Sequence[list[list[Cell]]]) -> str:
    """A screen as text: its rows, then how each is drawn, then the styles in each theme.

    "12a3b" is twelve characters in style a and three in style b.
    """
    first = screens[0]
    rows = ["".join(cell.text for cell in row).rstrip() for row in first]
    for other in screens[1:]:
        assert ["".join(cell.text for cell in row).rstrip() for row in other] == rows, "a theme changes the text"
    letters: dict[tuple[str, ...], str] = {}
    runs = []
    for both in zip(*screens, strict=True):
        styles = [tuple(cell.style for cell in cells) for cells in zip(*both, strict=True)]
        parts = [(len(list(group)), style) for style, group in groupby(styles)]
        runs.append("".join(f"{n}{letters.setdefault(style, _LETTERS[len(letters)])}" for n, style in parts))
    styles = [f"{letter}: {' | '.join(style)}" for style, letter in letters.items()]
    return "\n".join([f"== {size[0]} × {size[1]}", *rows, "", *runs, "", *styles, ""])


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in Color.parse(colour).rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
