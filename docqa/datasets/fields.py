"""The fields of a record, converted to strings, integers and answers. All functions raise `RejectedRecord`."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.raw_record import kind_of, shorten
from docqa.wording import counted

_EMPTY: tuple[object, ...] = (None, "", [], "[]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"([+-]?\d{1,18})(?:\.0+)?")
_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no"}

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """An issue with a record, before the record's file and location are added."""

    kind: IssueKind
    effect: IssueEffect
    message: str
    remedy: str


class RejectedRecord(Exception):
    """The record, or one of its answers, is unusable. It is counted and reported; the program goes on."""

    def __init__(self, kind: IssueKind, message: str, remedy: str) -> None:
        super().__init__(message)
        self.finding = FieldFinding(kind, IssueEffect.DROPPED, message, remedy)


class ClaimedAnswer(NamedTuple):
    """An accepted answer as the file has it, and the start that the file claims for it, if any."""

    text: str
    start: int | None


def given(fields: Fields, name: str) -> bool:
    """Return whether a field has a value other than null and an empty cell."""
    value = fields.get(name)
    return value is not None and value != ""


def text(fields: Fields, name: str) -> str:
    """Return a required string."""
    if name not in fields:
        raise RejectedRecord(IssueKind.MISSING_FIELD, f"expected `{name}`, found {names(fields)}", f"add `{name}`")
    return _text(name, fields[name])


def integer(fields: Fields, name: str) -> int | None:
    """Return an integer, or None if the field is not given."""
    return _integer(name, fields.get(name))


def truth(fields: Fields, name: str) -> bool | None:
    """Return a boolean, or None if the field is not given."""
    if not given(fields, name):
        return None
    value = fields[name]
    word = str(value).strip().lower()
    if isinstance(value, str | int) and word in _TRUE | _FALSE:
        return word in _TRUE
    raise RejectedRecord(
        IssueKind.WRONG_TYPE, f"expected `{name}` to be true or false, found {kind_of(value)}", "correct it"
    )


def clean(value: str) -> str:
    """Return a string that can be encoded: lone surrogates, which JSON allows, are replaced without moving offsets."""
    return value if value.isascii() else _SURROGATES.sub("\ufffd", value)


def names(fields: Fields) -> str:
    """List the fields of a record for a message."""
    return ", ".join(f"`{name}`" for name in fields) or "no fields"


def claims(fields: Fields) -> tuple[list[ClaimedAnswer], list[FieldFinding]]:
    """Return the accepted answers, none for an unanswerable question, with any issues."""
    impossible = truth(fields, "is_impossible")
    # A table may have a column for each: the one that is filled in counts.
    name = "answers" if fields.get("answers") not in _EMPTY or "answer" not in fields else "answer"
    if name not in fields:
        if impossible:
            return [], []
        raise RejectedRecord(
            IssueKind.MISSING_FIELD,
            f"expected `answer`, found {names(fields)}",
            "add the answer, or null for an unanswerable question",
        )
    listed = _claims(name, fields[name], fields.get("answer_start"))
    answers = [claim for claim in listed if claim.text.strip()]
    if impossible and answers:
        raise RejectedRecord(
            IssueKind.IMPOSSIBLE_WITH_ANSWER,
            f"`is_impossible` is true, but there is an answer: {shorten(answers[0].text)}",
            "remove the one that is wrong",
        )
    if impossible is False and not answers:
        raise RejectedRecord(
            IssueKind.IMPOSSIBLE_WITH_ANSWER,
            "`is_impossible` is false, but there is no answer",
            "add the answer, or set it to true",
        )
    if answers and len(answers) < len(listed):
        message = f"{len(listed) - len(answers)} of {len(listed)} accepted answers is empty"
        return answers, [FieldFinding(IssueKind.EMPTY_ANSWER, IssueEffect.WARNING, message, "ignored")]
    return answers, []


def _claims(name: str, value: Any, start: object) -> list[ClaimedAnswer]:
    """Return the answers, in any of the accepted forms."""
    if isinstance(value, str) and name == "answers" and value.lstrip().startswith(("[", "{")):
        with suppress(ValueError, RecursionError):  # Not JSON: a single answer that begins with a bracket.
            value = json.loads(value)  # Several answers in one cell of a table.
    if isinstance(value, dict):
        if "text" not in value:
            raise _missing_text(name, value)
        value, start = value["text"], value.get("answer_start", start)
    if value is None:
        return []
    if not isinstance(value, list):
        value = [value]
    if not isinstance(start, list):
        # One start for several answers would be a guess for all of them.
        start = [start] * len(value) if start is None or start == "" or len(value) < 2 else [start]
    if len(start) != len(value) and not all(isinstance(item, dict) for item in value):
        raise RejectedRecord(
            IssueKind.WRONG_TYPE,
            f"expected `answer_start` to have a number for each of {counted(len(value), 'answer')}, found {len(start)}",
            "list as many starts as answers, or remove it",
        )
    starts = start if len(start) == len(value) else [None] * len(value)
    return [_claim(name, item, claimed) for item, claimed in zip(value, starts, strict=True)]


def _claim(name: str, item: object, start: object) -> ClaimedAnswer:
    if not isinstance(item, dict):
        return ClaimedAnswer(_text(name, item), _integer("answer_start", start))
    if "text" not in item:
        raise _missing_text(name, item)
    return ClaimedAnswer(_text(name, item["text"]), _integer("answer_start", item.get("answer_start", start)))


def _missing_text(name: str, found: Fields) -> RejectedRecord:
    return RejectedRecord(IssueKind.MISSING_FIELD, f"expected `text` in `{name}`, found {names(found)}", "add `text`")


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    remedy = "put it in quotes" if isinstance(value, int | float) else "make it a string"
    raise RejectedRecord(IssueKind.WRONG_TYPE, f"expected `{name}` to be a string, found {kind_of(value)}", remedy)


def _integer(name: str, value: object) -> int | None:
    """Return an integer, also from the notations of spreadsheets and data frames ("12", 12.0)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    match = _INTEGER.fullmatch(value.strip()) if isinstance(value, str) else None
    if match:
        return int(match[1])
    message = f"expected `{name}` to be an integer, found {kind_of(value)}"
    raise RejectedRecord(IssueKind.WRONG_TYPE, message, "correct it or remove it")
