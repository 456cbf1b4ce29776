"""Read a file of pairs in any supported format, as raw records, in one pass and with bounded memory."""

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import TextIO

import ijson

from docqa.datasets.json_stream import TOO_LONG, NotInJson, build, events_of, locate_errors, refuse_constant
from docqa.datasets.raw_record import RawRecord, record_of
from docqa.datasets.squad import squad
from docqa.datasets.text_file import FORMATS, open_text
from docqa.errors import DocqaError

_PEEK = 1 << 16
_FIELD_LIMIT = 16 << 20  # Characters of a CSV field. A longer one means an unclosed quote.
_FIELD_LIMIT_LOCK = Lock()
_HEADER = "the first line names the columns: question,context,answer or question,answer,document,page"

RecordReader = Callable[[str | Path, TextIO], Iterator[RawRecord]]


def read_records(path: str | Path, progress: Callable[[int, int], None]) -> Iterator[RawRecord]:
    """Yield the records of a file in order. `progress` is called with the bytes read and the size of the file.

    Memory is bounded by the largest paragraph with its questions (SQuAD) or record (other formats). Raises
    `DocqaError` if the file can't be read, has an unknown format or no pairs, or is broken so that no next record can
    be found.
    """
    with open_text(path) as file:
        head = file.read(_PEEK)
        if not head.strip():
            raise DocqaError(f"{path} is empty; expected question–answer pairs", FORMATS)
        read = _format(path, head)
    found = False
    with open_text(path) as file:
        size = Path(path).stat().st_size
        for number, record in enumerate(read(path, file)):
            if number % 512 == 0:
                progress(min(file.buffer.tell(), size), size)
            found = True
            yield record
        progress(size, size)
    if not found:
        raise DocqaError(f"{path} contains no question–answer pairs", FORMATS)


def _format(path: str | Path, head: str) -> RecordReader:
    """Detect the format from the beginning of the file; its name decides only where that is ambiguous."""
    suffix = Path(path).suffix.lower()
    start = head.lstrip()
    if start.startswith("["):
        return _json_list
    if start.startswith("{"):
        return _jsonl if suffix in {".jsonl", ".ndjson"} or not _is_squad(start) else squad
    if suffix in {".json", ".jsonl", ".ndjson"}:
        raise DocqaError(f"{path}: expected {{ or [ at the beginning, found {start[:20]!r}", FORMATS)
    header = start.splitlines()[0]
    for delimiter in "\t,;":
        if "question" in _columns(header, delimiter):
            return _table(delimiter)
    if suffix in {".csv", ".tsv"}:
        raise DocqaError(
            f"{path}, line 1: expected a header with a column `question`, found {header[:80]!r}",
            _HEADER,
        )
    raise DocqaError(f"{path} has an unknown format; it begins with {start[:20]!r}", FORMATS)


def _is_squad(start: str) -> bool:
    """Return whether the first object has a key "data", or no key of a record: SQuAD rather than JSONL."""
    keys: set[str] = set()
    depth = 0
    try:
        # With `use_float`, or a number of 5,000 digits leaves an exception behind that breaks another call.
        for event, value in ijson.basic_parse(start.encode(), use_float=True):
            depth += event.startswith("start") - event.startswith("end")
            if depth == 1 and event == "map_key":
                keys.add(value)
                if value == "data":
                    return True
            if depth == 0:
                break
    except (ijson.JSONError, ValueError):
        pass  # The end of the peek, or an error, which the reader will locate.
    return not keys & {"question", "context", "document", "answer", "answers"}


def _json_list(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
    location = ""
    with locate_errors(path, lambda: location):
        events = events_of(file)
        next(events)  # The opening bracket.
        for index, (event, value) in enumerate(events):
            if event != "end_array":
                item = build(event, value, events)
                location = f"[{index}]"
                yield record_of(location, item)


def _jsonl(_: str | Path, file: TextIO) -> Iterator[RawRecord]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        location = f"line {number}"
        try:
            yield record_of(location, json.loads(line, parse_constant=refuse_constant))
        except NotInJson as error:
            yield RawRecord(location, {}, f"{error}: write null")
        except json.JSONDecodeError as error:
            yield RawRecord(location, {}, f"invalid JSON: {error.msg} at column {error.colno}")
        except ValueError:
            yield RawRecord(location, {}, f"invalid JSON: {TOO_LONG}")
        except RecursionError:
            yield RawRecord(location, {}, "invalid JSON: it is nested too deeply")


def _table(delimiter: str) -> RecordReader:
    def read(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
        columns: list[str] | None = None
        for line, row in _rows(path, file, delimiter):
            if columns is None:
                columns = _header(path, row)
            elif len(row) > len(columns):
                excess = f"found {len(row)} fields for {len(columns)} columns"
                yield RawRecord(f"line {line}", {}, f"{excess}; quote fields that contain a separator")
            else:
                yield RawRecord(f"line {line}", dict(zip(columns, row, strict=False)))

    return read


def _rows(path: str | Path, file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that are not empty, each with the number of its first line. Raises `DocqaError`."""
    rows = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        line = rows.line_num + 1
        try:
            with _field_limit():
                row = next(rows, None)
        except csv.Error as error:
            raise DocqaError(
                f"{path}, line {line}: invalid row: {error}",
                'double the quotes inside a quoted field (""), and close every quoted field',
            ) from None
        if row is None:
            return
        if any(row):
            yield line, row


@contextmanager
def _field_limit() -> Iterator[None]:
    """Raise the limit of the csv module, which is the process's: contexts can be longer than its default of 128 KiB.

    It is raised for one row at a time, so that the code that consumes the rows does not see it.
    """
    with _FIELD_LIMIT_LOCK:
        previous = csv.field_size_limit(_FIELD_LIMIT)
        try:
            yield
        finally:
            csv.field_size_limit(previous)


def _header(path: str | Path, row: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in row]
    repeated = {name for name in columns if name and columns.count(name) > 1}
    if repeated:
        raise DocqaError(f"{path}, line 1: duplicate column {min(repeated)}", "give every column a unique name")
    for required in (("answer", "answers", "is_impossible"), ("context", "document")):
        if not set(required) & set(columns):
            raise DocqaError(
                f"{path}, line 1: expected a column {' or '.join(required[:2])}, found {', '.join(columns)}", _HEADER
            )
    return columns


def _columns(header: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in header.split(delimiter)]
