"""The colours of a theme, those of text made readable: many themes have some that are too pale."""

from collections.abc import Mapping

from textual.color import Color

from docqa.tui.state.contrast import dimmed, strengthened

_GROUNDS = ("background", "surface", "panel")
_TEXTS = (
    "foreground",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-success",
    "text-warning",
    "text-error",
)
_AT_FOOT = ("footer-foreground", "footer-key-foreground", "footer-description-foreground")
_DIM = ("dim", "text-muted", "text-disabled")


def readable(variables: Mapping[str, str]) -> dict[str, str]:
    """The variables of a theme, with colours of text that can be read on all of its grounds.

    `$dim` is new: the colour of secondary text, also of a part of a text, as `$text-muted` is not.
    """
    grounds = [Color.parse(variables[name]) for name in _GROUNDS]
    if any(ground.ansi is not None or not ground.a for ground in grounds):
        return {**variables, "dim": variables["foreground"]}  # The terminal has its own colours, which nobody can tell.
    # The field that has the focus is a little lighter, or darker, than its surface.
    behind = [ground.rgb for ground in (*grounds, grounds[1].blend(Color.parse(variables["foreground"]), 0.05))]
    foot = Color.parse(variables["footer-background"]).rgb
    found = dict(variables)
    for names, under in ((_TEXTS, behind), (_AT_FOOT, [foot])):
        for name in names:
            found[name] = Color(*strengthened(Color.parse(variables[name]).rgb, under)).hex
    dim = Color(*dimmed(Color.parse(found["foreground"]).rgb, behind)).hex
    return {**found, **dict.fromkeys(_DIM, dim)}
