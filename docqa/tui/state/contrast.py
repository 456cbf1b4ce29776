"""Contrast of colours, as WCAG 2 defines it, and how far a text may be dimmed (pure)."""

from collections.abc import Sequence

RGB = tuple[int, int, int]

READABLE = 4.5
"""The contrast that WCAG asks of text (level AA)."""

_STEPS = 50


def contrast(one: RGB, other: RGB) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def dimmed(text: RGB, grounds: Sequence[RGB], least: float = 0.6) -> RGB:
    """Mix a text's colour with the first of its grounds, but only so far that it stays readable on all of them.

    `least` is the share of the text's own colour that stays in any case.
    """
    for step in range(_STEPS + 1):
        share = least + (1 - least) * step / _STEPS
        mixed = _mixed(text, grounds[0], share)
        if all(contrast(mixed, ground) >= READABLE for ground in grounds):
            return mixed
    return text


def strengthened(text: RGB, grounds: Sequence[RGB]) -> RGB:
    """Mix a text's colour with black or white, only so far that it is readable on all of its grounds."""
    best = max(((0, 0, 0), (255, 255, 255)), key=lambda end: min(contrast(end, ground) for ground in grounds))
    for step in range(_STEPS + 1):
        mixed = _mixed(best, text, step / _STEPS)
        if all(contrast(mixed, ground) >= READABLE for ground in grounds):
            return mixed
    return best


def _mixed(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
