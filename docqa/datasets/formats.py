"""A file of pairs to raw records, each with its place, in one pass and bounded memory: the format is its own affair."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import ijson

from docqa.datasets.json_stream import broken_json, build, events_of
from docqa.datasets.raw_record import RawRecord, record_of
from docqa.datasets.squad import squad
from docqa.datasets.text_file import FORMATS, open_text
from docqa.errors import DocqaError

_PEEK = 1 << 16
_FIELD_LIMIT = 16 << 20  # Characters of a CSV field. Beyond it a quote was left open, and the file would be one field.
_HEADER = "the first line names the columns: question,context,answer or question,answer,document,page"

RecordReader = Callable[[str | Path, TextIO], Iterator[RawRecord]]


def read_records(path: str | Path, progress: Callable[[int, int], None]) -> Iterator[RawRecord]:
    """Give a file's records in order. `progress` is told the bytes read and the bytes there are.

    Memory is bounded by the largest paragraph with its questions (SQuAD) or record (the others). Raises `DocqaError`
    where the file can't be read, is of no known format, holds no pairs, or breaks off in a way that leaves no next
    record to go on with.
    """
    with open_text(path) as file:
        head = file.read(_PEEK)
        if not head.strip():
            raise DocqaError(f"{path} is empty; question–answer pairs were expected", FORMATS)
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
        raise DocqaError(f"{path} holds no question–answer pairs", FORMATS)


def _format(path: str | Path, head: str) -> RecordReader:
    """Tell the format by how the file begins; its name decides only where that says nothing."""
    suffix = Path(path).suffix.lower()
    begin = head.lstrip()
    if begin.startswith("["):
        return _json_list
    if begin.startswith("{"):
        return _jsonl if suffix in {".jsonl", ".ndjson"} or not _has_data(begin) else squad
    if suffix in {".json", ".jsonl", ".ndjson"}:
        raise DocqaError(f"{path} was expected to begin with {{ or [, and begins with {begin[:20]!r}", FORMATS)
    header = begin.splitlines()[0]
    for delimiter in "\t,;":
        if "question" in _columns(header, delimiter):
            return _table(delimiter)
    if suffix in {".csv", ".tsv"}:
        raise DocqaError(
            f"{path}, line 1: a header with a column `question` was expected, found {header[:80]!r}",
            _HEADER,
        )
    raise DocqaError(f"{path} is in no format known for pairs; it begins with {begin[:20]!r}", FORMATS)


def _has_data(begin: str) -> bool:
    """Whether the first object has a key "data", or none of a record's: a SQuAD file, and no line of JSONL."""
    keys: set[str] = set()
    depth = 0
    try:
        for event, value in ijson.basic_parse(begin.encode()):
            depth += event.startswith("start") - event.startswith("end")
            if depth == 1 and event == "map_key":
                keys.add(value)
                if value == "data":
                    return True
            if depth == 0:
                break
    except ijson.JSONError:
        pass  # The text breaks off where the peek ends, or is broken: then the reader says where.
    return not keys & {"question", "context", "document", "answer", "answers"}


def _json_list(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
    place = ""
    with broken_json(path, lambda: place):
        events = events_of(file)
        next(events)  # The bracket that the file begins with.
        for index, (event, value) in enumerate(events):
            if event != "end_array":
                item = build(event, value, events)
                place = f"[{index}]"
                yield record_of(place, item)


def _jsonl(_: str | Path, file: TextIO) -> Iterator[RawRecord]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            yield record_of(place, json.loads(line))
        except json.JSONDecodeError as error:
            yield RawRecord(place, {}, f"is not JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield RawRecord(place, {}, "is not JSON that can be read: it is nested too deeply")


def _table(delimiter: str) -> RecordReader:
    def read(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
        csv.field_size_limit(_FIELD_LIMIT)
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        begin = 0
        columns: list[str] | None = None
        try:
            for row in rows:
                begin, line = rows.line_num, begin + 1
                if not any(row):
                    continue
                if columns is None:
                    columns = _header(path, row)
                elif len(row) > len(columns):
                    excess = f"has {len(row)} fields under {len(columns)} columns"
                    yield RawRecord(
                        f"line {line}", {}, f"{excess}; put quotes around a field that has a separator in it"
                    )
                else:
                    yield RawRecord(f"line {line}", dict(zip(columns, row, strict=False)))
        except csv.Error as error:
            raise DocqaError(
                f"{path}, line {begin + 1}: the row that begins here can't be read: {error}",
                'a quote inside a quoted field is written twice (""), and every quoted field has to end',
            ) from None

    return read


def _header(path: str | Path, row: list[str]) -> list[str]:
    columns = [name.strip().lower() for name in row]
    twice = {name for name in columns if name and columns.count(name) > 1}
    if twice:
        raise DocqaError(
            f"{path}, line 1: the column {min(twice)} is there twice", "give every column a name of its own"
        )
    for needed in (("answer", "answers", "is_impossible"), ("context", "document")):
        if not set(needed) & set(columns):
            raise DocqaError(
                f"{path}, line 1: a column {' or '.join(needed[:2])} was expected, found {', '.join(columns)}", _HEADER
            )
    return columns


def _columns(header: str, delimiter: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in header.split(delimiter)]
