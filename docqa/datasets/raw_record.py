"""An unchecked record from a file of pairs, and descriptions of its values for messages."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RawRecord:
    """What a file has for one pair, unchecked."""

    location: str
    """Where in the file: "line 7", "[12]", "data[3].paragraphs[0].qas[1]"."""
    fields: dict[str, Any]
    malformed: str = ""
    """Why there are no fields, if the record can't be read but the ones after it can."""


def record_of(location: str, item: object) -> RawRecord:
    """Return the record for a JSON value, which should be an object."""
    if isinstance(item, dict):
        return RawRecord(location, item)
    return RawRecord(location, {}, f"expected an object, found {kind_of(item)}")


def kind_of(value: object) -> str:
    """Describe a JSON value for a message: "a number (12)"."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"a number ({value})"
    if isinstance(value, str):
        return f"a string ({shorten(value)})"
    return "a list" if isinstance(value, list) else "an object"


def shorten(text: str) -> str:
    """Quote a text for a message: truncated if it is long, with escaped line breaks."""
    return repr(text if len(text) <= 60 else f"{text[:57]}…")
