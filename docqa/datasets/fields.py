"""A record's fields as what they are meant to be: texts, whole numbers, answers. Each raises `RejectedRecord`."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from docqa.datasets.issues import IssueEffect, IssueKind
from docqa.datasets.raw_record import kind_of, shorten

_NONE: tuple[object, ...] = (None, "", [], "[]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_INTEGER = re.compile(r"([+-]?\d+)(?:\.0+)?")
_TRUE = {"true", "1", "yes"}
_FALSE = {"false", "0", "no"}

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FieldFinding:
    """What is to be said about a record, before it is known where it stands."""

    kind: IssueKind
    effect: IssueEffect
    message: str
    remedy: str


class RejectedRecord(Exception):
    """The record, or one of its answers, can't be used. Not an error of the program: it is counted and told."""

    def __init__(self, kind: IssueKind, message: str, remedy: str) -> None:
        super().__init__(message)
        self.finding = FieldFinding(kind, IssueEffect.DROPPED, message, remedy)


class ClaimedAnswer(NamedTuple):
    """An accepted answer as the file has it, and the start that it claims, None where it claims none."""

    text: str
    start: int | None


def given(fields: Fields, name: str) -> bool:
    """Whether a field says something: null and an empty cell of a table do not."""
    value = fields.get(name)
    return value is not None and value != ""


def text(fields: Fields, name: str) -> str:
    """A field that has to be there, and to be a text."""
    if name not in fields:
        raise RejectedRecord(IssueKind.MISSING_FIELD, f"`{name}` was expected, found {names(fields)}", f"add `{name}`")
    return _text(name, fields[name])


def integer(fields: Fields, name: str) -> int | None:
    """A whole number, None where it is not given."""
    return _integer(name, fields.get(name))


def truth(fields: Fields, name: str) -> bool | None:
    """True or false, None where it is not given."""
    if not given(fields, name):
        return None
    value = fields[name]
    written = str(value).strip().lower()
    if isinstance(value, str | int) and written in _TRUE | _FALSE:
        return written in _TRUE
    raise RejectedRecord(
        IssueKind.WRONG_TYPE, f"`{name}` was expected to be true or false, and is {kind_of(value)}", "correct it"
    )


def clean(value: str) -> str:
    """A text that can be encoded. JSON can hold half of a surrogate pair; what replaces it moves no offset."""
    return value if value.isascii() else _SURROGATES.sub("\ufffd", value)


def names(fields: Fields) -> str:
    """What fields there are, for a message."""
    return ", ".join(f"`{name}`" for name in fields) or "no fields"


def claims(fields: Fields) -> tuple[list[ClaimedAnswer], list[FieldFinding]]:
    """The accepted answers, none for a question that has none, and what is to be said about them."""
    impossible = truth(fields, "is_impossible")
    # A table may have a column for each: the one that is filled in counts.
    name = "answers" if fields.get("answers") not in _NONE or "answer" not in fields else "answer"
    if name not in fields:
        if impossible:
            return [], []
        raise RejectedRecord(
            IssueKind.MISSING_FIELD,
            f"`answer` was expected, found {names(fields)}",
            "give the answer, or null for a question that has none",
        )
    listed = _claims(name, fields[name], fields.get("answer_start"))
    answers = [claim for claim in listed if claim.text.strip()]
    if impossible and answers:
        raise RejectedRecord(
            IssueKind.IMPOSSIBLE,
            f"`is_impossible` is true, and an answer is given: {shorten(answers[0].text)}",
            "take out the one that is wrong",
        )
    if impossible is False and not answers:
        raise RejectedRecord(
            IssueKind.IMPOSSIBLE,
            "`is_impossible` is false, and no answer is given",
            "give the answer, or say true",
        )
    if answers and len(answers) < len(listed):
        message = f"of {len(listed)} accepted answers {len(listed) - len(answers)} is empty"
        return answers, [FieldFinding(IssueKind.EMPTY_ANSWER, IssueEffect.WARNING, message, "left out")]
    return answers, []


def _claims(name: str, value: Any, start: object) -> list[ClaimedAnswer]:
    """The answers, in any of the forms in which they come."""
    if isinstance(value, str) and name == "answers" and value.lstrip().startswith(("[", "{")):
        with suppress(json.JSONDecodeError):  # Then it is one answer that happens to begin like this.
            value = json.loads(value)  # Several answers in one cell of a table.
    if isinstance(value, dict):
        if "text" not in value:
            raise _no_text(name, value)
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
            f"`answer_start` was expected to have a number for each of {len(value)} answers, and has {len(start)}",
            "give a list of as many starts as answers, or leave it out",
        )
    starts = start if len(start) == len(value) else [None] * len(value)
    return [_claim(name, item, at) for item, at in zip(value, starts, strict=True)]


def _claim(name: str, item: object, start: object) -> ClaimedAnswer:
    if not isinstance(item, dict):
        return ClaimedAnswer(_text(name, item), _integer("answer_start", start))
    if "text" not in item:
        raise _no_text(name, item)
    return ClaimedAnswer(_text(name, item["text"]), _integer("answer_start", item.get("answer_start", start)))


def _no_text(name: str, found: Fields) -> RejectedRecord:
    return RejectedRecord(
        IssueKind.MISSING_FIELD, f"`text` was expected in `{name}`, found {names(found)}", "add `text`"
    )


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return clean(value)
    remedy = "put it in quotes" if isinstance(value, int | float) else "give a text"
    raise RejectedRecord(IssueKind.WRONG_TYPE, f"`{name}` was expected to be a text, and is {kind_of(value)}", remedy)


def _integer(name: str, value: object) -> int | None:
    """A whole number, also as a spreadsheet or a data frame writes it ("12", 12.0)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    written = _INTEGER.fullmatch(value.strip()) if isinstance(value, str) else None
    if written:
        return int(written[1])
    message = f"`{name}` was expected to be a whole number, and is {kind_of(value)}"
    raise RejectedRecord(IssueKind.WRONG_TYPE, message, "correct it, or leave it out")
