"""A file of pairs to raw records, each with its place, in one pass and bounded memory: the format is its own affair."""

import codecs
import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import ijson

from docqa.errors import DocqaError

_PEEK = 1 << 16
_LOCATABLE = 64 << 20  # Bytes of broken JSON that are read again whole to tell the line; larger files get a place.
_FIELD_LIMIT = 16 << 20  # Characters of a CSV field. Beyond it a quote was left open, and the file would be one field.
_FORMATS = "docqa reads SQuAD JSON, a JSON list, JSONL, CSV and TSV; docs/formats.md has an example of each"
_HEADER = "the first line names the columns: question,context,answer or question,answer,document,page"
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


_END_MAP = ("end_map", None)
_END_ARRAY = ("end_array", None)

Events = Iterator[tuple[str, Any]]
Reader = Callable[[str | Path, TextIO], Iterator["Record"]]


@dataclass(frozen=True, slots=True)
class Record:
    """What a file says of one pair, unchecked. `place` is where it says so: "line 7", "[12]",
    "data[3].paragraphs[0].qas[1]".

    `malformed` says why there are no fields where a record can't be read at all, but the ones after it can.
    """

    place: str
    fields: dict[str, Any]
    malformed: str = ""


def records(path: str | Path, progress: Callable[[int, int], None]) -> Iterator[Record]:
    """Give a file's records in order. `progress` is told the bytes read and the bytes there are.

    Memory is bounded by the largest paragraph with its questions (SQuAD) or record (the others). Raises `DocqaError`
    where the file can't be read, is of no known format, holds no pairs, or breaks off in a way that leaves no next
    record to go on with.
    """
    with _open(path) as file:
        head = file.read(_PEEK)
        if not head.strip():
            raise DocqaError(f"{path} is empty; question–answer pairs were expected", _FORMATS)
        read = _format(path, head)
    found = False
    with _open(path) as file:
        size = Path(path).stat().st_size
        for number, record in enumerate(read(path, file)):
            if number % 512 == 0:
                progress(min(file.buffer.tell(), size), size)
            found = True
            yield record
        progress(size, size)
    if not found:
        raise DocqaError(f"{path} holds no question–answer pairs", _FORMATS)


def _format(path: str | Path, head: str) -> Reader:
    """Tell the format by how the file begins; its name decides only where that says nothing."""
    suffix = Path(path).suffix.lower()
    begin = head.lstrip()
    if begin.startswith("["):
        return _json_list
    if begin.startswith("{"):
        return _jsonl if suffix in {".jsonl", ".ndjson"} or not _has_data(begin) else _squad
    if suffix in {".json", ".jsonl", ".ndjson"}:
        raise DocqaError(f"{path} was expected to begin with {{ or [, and begins with {begin[:20]!r}", _FORMATS)
    header = begin.splitlines()[0]
    for delimiter in "\t,;":
        if "question" in _columns(header, delimiter):
            return _table(delimiter)
    if suffix in {".csv", ".tsv"}:
        raise DocqaError(
            f"{path}, line 1: a header with a column `question` was expected, found {header[:80]!r}",
            _HEADER,
        )
    raise DocqaError(f"{path} is in no format known for pairs; it begins with {begin[:20]!r}", _FORMATS)


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


class _Bytes:
    """A text file as ijson wants it: UTF-8 without a byte order mark, whatever the file's own encoding."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def read(self, size: int) -> bytes:
        return self.file.read(size).encode("utf-8")


def _json_list(path: str | Path, file: TextIO) -> Iterator[Record]:
    place = ""
    with _broken_json(path, lambda: place):
        events = _events(file)
        next(events)  # The bracket that the file begins with.
        for index, (event, value) in enumerate(events):
            if event != "end_array":
                item = _build(event, value, events)
                place = f"[{index}]"
                yield _record(place, item)


def _jsonl(_: str | Path, file: TextIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            yield _record(place, json.loads(line))
        except json.JSONDecodeError as error:
            yield Record(place, {}, f"is not JSON: {error.msg} at column {error.colno}")
        except RecursionError:
            yield Record(place, {}, "is not JSON that can be read: it is nested too deeply")


def _record(place: str, item: object) -> Record:
    if isinstance(item, dict):
        return Record(place, item)
    return Record(place, {}, f"was expected to be an object, and is {kind_of(item)}")


def _squad(path: str | Path, file: TextIO) -> Iterator[Record]:
    place = ""
    titles: list[Any] | None = None
    with _broken_json(path, lambda: place):
        for paragraph in _paragraphs(path, file):
            place = paragraph.place
            fields = paragraph.fields
            if not paragraph.nested:
                yield Record(place, fields, paragraph.malformed)
                continue
            title = paragraph.title
            if not paragraph.titled:
                # The title comes after the article's paragraphs, or not at all.
                if titles is None:
                    titles = _titles(path)
                title = titles[paragraph.article]
            shared = {"context": fields["context"]} if "context" in fields else {}
            # What has no title is an article all the same: its paragraphs belong together when pairs are split.
            shared["title"] = title if title else f"{Path(path).name} data[{paragraph.article}]"
            questions = fields.get("qas")
            if not isinstance(questions, list):
                found = kind_of(questions) if "qas" in fields else "nothing"
                yield Record(place, {}, f"was expected to hold a list `qas`, and holds {found}")
                continue
            for index, item in enumerate(questions):
                record = _record(f"{place}.qas[{index}]", item)
                yield record if record.malformed else Record(record.place, shared | record.fields)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, or (not `nested`) an item of `data` that has none and is a record itself."""

    place: str
    article: int
    fields: dict[str, Any]
    nested: bool = True
    titled: bool = False
    title: Any = None
    malformed: str = ""


def _paragraphs(path: str | Path, file: TextIO) -> Iterator[_Paragraph]:
    """Build one paragraph at a time: an article can be the whole file."""
    events = _events(file)
    keys = []
    next(events)  # The brace that the file begins with.
    for event, key in events:
        if event != "map_key":
            continue
        keys.append(key)
        if key == "data":
            yield from _articles(path, events)
        else:
            _value(events)
    if "data" not in keys:
        found = ", ".join(keys[:8]) or "no key at all"
        raise DocqaError(f"{path} was expected to have a list `data`, as SQuAD has, and has {found}", _FORMATS)


def _articles(path: str | Path, events: Events) -> Iterator[_Paragraph]:
    event, value = next(events)
    if event != "start_array":
        found = kind_of(_build(event, value, events))
        raise DocqaError(f"{path}: `data` was expected to be a list, and is {found}", _FORMATS)
    for article, (event, value) in enumerate(events):
        if event == "end_array":
            return
        place = f"data[{article}]"
        if event == "start_map":
            yield from _article(article, place, events)
        else:
            found = kind_of(_build(event, value, events))
            malformed = f"was expected to be an article (an object), and is {found}"
            yield _Paragraph(place, article, {}, nested=False, malformed=malformed)


def _article(article: int, place: str, events: Events) -> Iterator[_Paragraph]:
    fields: dict[str, Any] = {}
    nested = False
    for event, key in events:
        if event == "end_map":
            break
        event, value = next(events)  # noqa: PLW2901 - the key's value
        if key != "paragraphs":
            fields[key] = _build(event, value, events)
            continue
        nested = True
        if event != "start_array":
            found = kind_of(_build(event, value, events))
            malformed = f"was expected to hold a list `paragraphs`, and holds {found}"
            yield _Paragraph(place, article, {}, nested=False, malformed=malformed)
            continue
        for index, (event, value) in enumerate(events):  # noqa: PLW2901
            if event == "end_array":
                break
            item = _build(event, value, events)
            where = f"{place}.paragraphs[{index}]"
            if isinstance(item, dict):
                yield _Paragraph(where, article, item, titled="title" in fields, title=fields.get("title"))
            else:
                malformed = f"was expected to be a paragraph (an object), and is {kind_of(item)}"
                yield _Paragraph(where, article, {}, nested=False, malformed=malformed)
    if not nested:
        # The list of records under `data` that Hugging Face's question-answering scripts take.
        yield _Paragraph(place, article, fields, nested=False)


def _events(file: TextIO) -> Events:
    """The JSON's events, without ijson's paths: brackets nested deep enough make these take all the memory there is."""
    events: Events = ijson.basic_parse(_Bytes(file), use_float=True)
    return events


def _value(events: Events) -> Any:
    return _build(*next(events), events)


def _build(event: str, value: Any, events: Events) -> Any:
    """Build the value that begins with this event, as Python's json would."""
    if event == "start_map":
        return {key: _value(events) for _, key in iter(events.__next__, _END_MAP)}
    if event == "start_array":
        return [_build(*following, events) for following in iter(events.__next__, _END_ARRAY)]
    return value


def _titles(path: str | Path) -> list[Any]:
    """The title of each article, None where it has none."""
    titles: list[Any] = []
    with _open(path) as file:
        events = _events(file)
        depth, in_data = 0, False
        for event, value in events:
            if event == "map_key":
                if depth == 1:
                    in_data = value == "data"
                elif depth == 3 and in_data and value == "title":
                    titles[-1] = _value(events)
            elif event.startswith("end"):
                depth -= 1
            else:
                if depth == 2 and in_data:
                    titles.append(None)
                depth += event.startswith("start")
    return titles


def _table(delimiter: str) -> Reader:
    def read(path: str | Path, file: TextIO) -> Iterator[Record]:
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
                    yield Record(f"line {line}", {}, f"{excess}; put quotes around a field that has a separator in it")
                else:
                    yield Record(f"line {line}", dict(zip(columns, row, strict=False)))
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


@contextmanager
def _open(path: str | Path) -> Iterator[TextIO]:
    """Open a text file in the encoding that its byte order mark tells, else UTF-8. Raises `DocqaError`."""
    file = Path(path)
    try:
        with file.open("rb") as binary:
            begin = binary.read(3)
        encoding = next((name for bom, name in _BOMS.items() if begin.startswith(bom)), "utf-8")
        with file.open(encoding=encoding, newline="") as text:
            yield text
    except UnicodeDecodeError as error:
        raise DocqaError(
            f"{path}, line {_undecodable_line(file, encoding)}: "
            f"{encoding.removesuffix('-sig').upper()} was expected, found the byte 0x{error.object[error.start]:02x}",
            "save it as UTF-8; a spreadsheet calls this “CSV UTF-8”",
        ) from None
    except FileNotFoundError:
        raise DocqaError(f"{path} does not exist", "check the spelling, and the folder that you are in") from None
    except IsADirectoryError:
        raise DocqaError(f"{path} is a directory; a file of question–answer pairs was expected", _FORMATS) from None
    except PermissionError:
        raise DocqaError(f"{path} can't be read: permission denied", f"try `ls -l {path}`") from None
    except OSError as error:
        raise DocqaError(f"{path} can't be read: {error.strerror or error}", "check the disk or the network") from error


def _undecodable_line(file: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with file.open("rb") as binary:
        while chunk := binary.read(_PEEK):
            try:
                line += decoder.decode(chunk).count("\n")
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n")
    return line


@contextmanager
def _broken_json(path: str | Path, place: Callable[[], str]) -> Iterator[None]:
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
    with _open(path) as file:
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
