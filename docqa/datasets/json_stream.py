"""JSON as a stream of events: values are built one at a time, and errors are located."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import ijson

from docqa.datasets.raw_record import shorten
from docqa.datasets.text_file import open_text
from docqa.errors import DocqaError

_LOCATABLE = 64 << 20  # Bytes of broken JSON that are read again at once to find the line of the error.
_END_MAP = ("end_map", None)
_END_ARRAY = ("end_array", None)

JsonEvents = Iterator[tuple[str, Any]]


TOO_LONG = f"a number has more than {sys.get_int_max_str_digits():,} digits"
"""Python's limit: to read such a number takes time that grows with the square of its length."""


class NotInJson(ValueError):
    """NaN, Infinity or -Infinity was found, which Python's json module writes and accepts."""


def refuse_constant(name: str) -> None:
    """The `parse_constant` of Python's json module. Raises `NotInJson`."""
    raise NotInJson(f"{name} is no JSON")


class _Utf8Reader:
    """A text file as ijson reads it: as UTF-8 without a byte order mark."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        return self.file.read(size).encode("utf-8")


def events_of(file: TextIO) -> JsonEvents:
    """Return the events of a JSON file.

    Without ijson's paths, because those of deeply nested brackets would exhaust the memory.
    """
    events: JsonEvents = ijson.basic_parse(_Utf8Reader(file), use_float=True)
    return events


def next_value(events: JsonEvents) -> Any:
    """Build the next value."""
    return build(*next(events), events)


def build(event: str, value: Any, events: JsonEvents) -> Any:
    """Build the value that begins with this event, as the json module would."""
    if event == "start_map":
        return {key: next_value(events) for _, key in iter(events.__next__, _END_MAP)}
    if event == "start_array":
        return [build(*following, events) for following in iter(events.__next__, _END_ARRAY)]
    return value


@contextmanager
def locate_errors(path: str | Path, last_location: Callable[[], str]) -> Iterator[None]:
    """Turn JSON errors into a `DocqaError` with the line, and with the location of the last record read, if any."""
    try:
        yield
    except (ijson.JSONError, RecursionError) as broken:
        after = f"after {last_location()}" if last_location() else "before the first pair"
        line, reason, hint = "", _reason(broken), f"check it with: python -m json.tool {path}"
        try:
            _parse_at_once(path)
        except json.JSONDecodeError as located:
            line = f", line {located.lineno} column {located.colno}"
        except NotInJson as error:
            reason, hint = str(error), "write null"
        except RecursionError:
            pass
        except ValueError:
            pass  # Of a number, which is not what is wrong first.
        raise DocqaError(f"{path}{line}: invalid JSON {after}: {reason}", hint) from None
    except UnicodeDecodeError:
        raise
    except ValueError:
        after = f"after {last_location()}" if last_location() else "before the first pair"
        raise DocqaError(f"{path}: invalid JSON {after}: {TOO_LONG}", "shorten or remove it") from None


def _parse_at_once(path: str | Path) -> None:
    """Read broken JSON with Python's module, whose errors have lines, unless the file is too large."""
    if Path(path).stat().st_size <= _LOCATABLE:
        with open_text(path) as file:
            json.load(file, parse_constant=refuse_constant)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    # YAJL's message: the error, a line with the text around it, and an arrow.
    lines = [line.strip() for line in str(error).strip().splitlines()]
    return lines[0].removesuffix(".") + (f", near {shorten(lines[1])}" if len(lines) > 1 and lines[1] else "")
