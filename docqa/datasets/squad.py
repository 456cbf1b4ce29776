"""SQuAD's JSON to raw records, one paragraph at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from docqa.datasets.json_stream import JsonEvents, broken_json, build, events_of, next_value
from docqa.datasets.raw_record import RawRecord, kind_of, record_of
from docqa.datasets.text_file import FORMATS, open_text
from docqa.errors import DocqaError


def squad(path: str | Path, file: TextIO) -> Iterator[RawRecord]:
    """Give the records of a SQuAD file in order. Raises `DocqaError` where its JSON is broken or has no list `data`."""
    place = ""
    titles: list[Any] | None = None
    with broken_json(path, lambda: place):
        for paragraph in _paragraphs(path, file):
            place = paragraph.place
            fields = paragraph.fields
            if not paragraph.nested:
                yield RawRecord(place, fields, paragraph.malformed)
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
                yield RawRecord(place, {}, f"was expected to hold a list `qas`, and holds {found}")
                continue
            for index, item in enumerate(questions):
                record = record_of(f"{place}.qas[{index}]", item)
                yield record if record.malformed else RawRecord(record.place, shared | record.fields)


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
    events = events_of(file)
    keys = []
    next(events)  # The brace that the file begins with.
    for event, key in events:
        if event != "map_key":
            continue
        keys.append(key)
        if key == "data":
            yield from _articles(path, events)
        else:
            next_value(events)
    if "data" not in keys:
        found = ", ".join(keys[:8]) or "no key at all"
        raise DocqaError(f"{path} was expected to have a list `data`, as SQuAD has, and has {found}", FORMATS)


def _articles(path: str | Path, events: JsonEvents) -> Iterator[_Paragraph]:
    event, value = next(events)
    if event != "start_array":
        found = kind_of(build(event, value, events))
        raise DocqaError(f"{path}: `data` was expected to be a list, and is {found}", FORMATS)
    for article, (event, value) in enumerate(events):
        if event == "end_array":
            return
        place = f"data[{article}]"
        if event == "start_map":
            yield from _article(article, place, events)
        else:
            found = kind_of(build(event, value, events))
            malformed = f"was expected to be an article (an object), and is {found}"
            yield _Paragraph(place, article, {}, nested=False, malformed=malformed)


def _article(article: int, place: str, events: JsonEvents) -> Iterator[_Paragraph]:
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
            malformed = f"was expected to hold a list `paragraphs`, and holds {found}"
            yield _Paragraph(place, article, {}, nested=False, malformed=malformed)
            continue
        for index, (event, value) in enumerate(events):  # noqa: PLW2901
            if event == "end_array":
                break
            item = build(event, value, events)
            where = f"{place}.paragraphs[{index}]"
            if isinstance(item, dict):
                yield _Paragraph(where, article, item, titled="title" in fields, title=fields.get("title"))
            else:
                malformed = f"was expected to be a paragraph (an object), and is {kind_of(item)}"
                yield _Paragraph(where, article, {}, nested=False, malformed=malformed)
    if not nested:
        # The list of records under `data` that Hugging Face's question-answering scripts take.
        yield _Paragraph(place, article, fields, nested=False)


def _titles(path: str | Path) -> list[Any]:
    """The title of each article, None where it has none."""
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
