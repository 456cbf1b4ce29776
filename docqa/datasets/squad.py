"""Read SQuAD JSON as raw records, one paragraph at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from docqa.datasets.json_stream import JsonEvents, build, events_of, locate_errors, next_value
from docqa.datasets.raw_record import RawRecord, kind_of, record_of
from docqa.datasets.text_file import FORMATS, open_text
from docqa.errors import DocqaError


def squad(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
    """Yield the records of a SQuAD file in order. Raises `DocqaError` if its JSON is invalid or has no list `data`."""
    location = ""
    titles: list[Any] | None = None
    with locate_errors(path, lambda: location):
        for paragraph in _paragraphs(path, file):
            location = paragraph.location
            fields = paragraph.fields
            if not paragraph.nested:
                yield RawRecord(location, fields, paragraph.malformed)
                continue
            title = paragraph.title
            if not paragraph.titled:
                # The title follows the paragraphs of the article, or is missing.
                if titles is None:
                    titles = _titles(path)
                title = titles[paragraph.article]
            shared = {"context": fields["context"]} if "context" in fields else {}
            # An article without a title gets a unique one, so that a split keeps its paragraphs together.
            shared["title"] = title if title else f"{Path(path).name} data[{paragraph.article}]"
            questions = fields.get("qas")
            if not isinstance(questions, list):
                found = kind_of(questions) if "qas" in fields else "nothing"
                yield RawRecord(location, {}, f"expected a list `qas`, found {found}")
                continue
            for index, item in enumerate(questions):
                record = record_of(f"{location}.qas[{index}]", item)
                yield record if record.malformed else RawRecord(record.location, shared | record.fields)


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph, or (not `nested`) an item of `data` that has no paragraphs and is itself a record."""

    location: str
    article: int
    fields: dict[str, Any]
    nested: bool = True
    titled: bool = False
    title: Any = None
    malformed: str = ""


def _paragraphs(path: str | Path, file: TextIO) -> Iterator[_Paragraph]:
    """Yield one paragraph at a time: an article can be the whole file."""
    events = events_of(file)
    keys = []
    next(events)  # The opening brace.
    for event, key in events:
        if event != "map_key":
            continue
        keys.append(key)
        if key == "data":
            yield from _articles(path, events)
        else:
            next_value(events)
    if "data" not in keys:
        found = ", ".join(keys[:8]) or "no keys"
        raise DocqaError(f"{path}: expected a list `data`, as in SQuAD, found {found}", FORMATS)


def _articles(path: str | Path, events: JsonEvents) -> Iterator[_Paragraph]:
    event, value = next(events)
    if event != "start_array":
        found = kind_of(build(event, value, events))
        raise DocqaError(f"{path}: expected `data` to be a list, found {found}", FORMATS)
    for article, (event, value) in enumerate(events):
        if event == "end_array":
            return
        location = f"data[{article}]"
        if event == "start_map":
            yield from _article(article, location, events)
        else:
            found = kind_of(build(event, value, events))
            malformed = f"expected an article (an object), found {found}"
            yield _Paragraph(location, article, {}, nested=False, malformed=malformed)


def _article(article: int, location: str, events: JsonEvents) -> Iterator[_Paragraph]:
    fields: dict[str, Any] = {}
    nested = False
    for event, key in events:
        if event == "end_map":
            break
        event, value = next(events)  # noqa: PLW2901 - the key's value
        if key != "paragraphs":
            fields[key] = build(event, value, events)
            continue
        nested = True
        if event != "start_array":
            found = kind_of(build(event, value, events))
            malformed = f"expected a list `paragraphs`, found {found}"
            yield _Paragraph(location, article, {}, nested=False, malformed=malformed)
            continue
        for index, (event, value) in enumerate(events):  # noqa: PLW2901
            if event == "end_array":
                break
            item = build(event, value, events)
            nested_location = f"{location}.paragraphs[{index}]"
            if isinstance(item, dict):
                yield _Paragraph(nested_location, article, item, titled="title" in fields, title=fields.get("title"))
            else:
                malformed = f"expected a paragraph (an object), found {kind_of(item)}"
                yield _Paragraph(nested_location, article, {}, nested=False, malformed=malformed)
    if not nested:
        # A record in a list under `data`, as in the question-answering scripts of Hugging Face.
        yield _Paragraph(location, article, fields, nested=False)


def _titles(path: str | Path) -> list[Any]:
    """Return the title of each article, or None."""
    titles: list[Any] = []
    with open_text(path) as file:
        events = events_of(file)
        depth, in_data = 0, False
        for event, value in events:
            if event == "map_key":
                if depth == 1:
                    in_data = value == "data"
                elif depth == 3 and in_data and value == "title":
                    titles[-1] = next_value(events)
            elif event.startswith("end"):
                depth -= 1
            else:
                if depth == 2 and in_data:
                    titles.append(None)
                depth += event.startswith("start")
    return titles
