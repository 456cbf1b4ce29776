"""What a file says of one pair, and how a message names what it says."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RawRecord:
    """What a file says of one pair, unchecked. `place` is where it says so: "line 7", "[12]",
    "data[3].paragraphs[0].qas[1]".

    `malformed` says why there are no fields where a record can't be read at all, but the ones after it can.
    """

    place: str
    fields: dict[str, Any]
    malformed: str = ""


def record_of(place: str, item: object) -> RawRecord:
    """A JSON value as the record that it was expected to be."""
    if isinstance(item, dict):
        return RawRecord(place, item)
    return RawRecord(place, {}, f"was expected to be an object, and is {kind_of(item)}")


def kind_of(value: object) -> str:
    """What a JSON value is, for a message: "a number (12)"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"a number ({value})"
    if isinstance(value, str):
        return f"a text ({shorten(value)})"
    return "a list" if isinstance(value, list) else "an object"


def shorten(text: str) -> str:
    """A text in quotes for a message, cut where it is long, its line breaks written out."""
    return repr(text if len(text) <= 60 else f"{text[:57]}…")
