"""JSON as a stream of events: values are built one at a time, and what is broken is told by its place."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import ijson

from docqa.datasets.raw_record import shorten
from docqa.datasets.text_file import open_text
from docqa.errors import DocqaError

_LOCATABLE = 64 << 20  # Bytes of broken JSON that are read again whole to tell the line; larger files get a place.
_END_MAP = ("end_map", None)
_END_ARRAY = ("end_array", None)

JsonEvents = Iterator[tuple[str, Any]]


class _Bytes:
    """A text file as ijson wants it: UTF-8 without a byte order mark, whatever the file's own encoding."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        return self.file.read(size).encode("utf-8")


def events_of(file: TextIO) -> JsonEvents:
    """The JSON's events, without ijson's paths: brackets nested deep enough make these take all the memory there is."""
    events: JsonEvents = ijson.basic_parse(_Bytes(file), use_float=True)
    return events


def next_value(events: JsonEvents) -> Any:
    """Build the value that comes next."""
    return build(*next(events), events)


def build(event: str, value: Any, events: JsonEvents) -> Any:
    """Build the value that begins with this event, as Python's json would."""
    if event == "start_map":
        return {key: next_value(events) for _, key in iter(events.__next__, _END_MAP)}
    if event == "start_array":
        return [build(*following, events) for following in iter(events.__next__, _END_ARRAY)]
    return value


@contextmanager
def broken_json(path: str | Path, place: Callable[[], str]) -> Iterator[None]:
    """Say where JSON is broken: its line in a file that can be read whole, else the last place that was read."""
    try:
        yield
    except (ijson.JSONError, RecursionError) as error:
        after = f"after {place()}" if place() else "before the first pair"
        raise DocqaError(
            f"{path}{_line_of_error(path)}: the JSON is broken {after}: {_reason(error)}",
            f"check it with: python -m json.tool {path}",
        ) from None


def _line_of_error(path: str | Path) -> str:
    if Path(path).stat().st_size > _LOCATABLE:
        return ""
    with open_text(path) as file:
        try:
            json.load(file)
        except json.JSONDecodeError as error:
            return f", line {error.lineno} column {error.colno}"
        except RecursionError:
            pass
    return ""


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    # YAJL's message: what is wrong, a line with the text around it, and an arrow.
    lines = [line.strip() for line in str(error).strip().splitlines()]
    return lines[0].removesuffix(".") + (f", near {shorten(lines[1])}" if len(lines) > 1 and lines[1] else "")
