"""Results as JSON and back, for the sessions of the app; and found again in the documents of another day (pure).

Without the evidence, which belongs to the reading. Documents have absolute names in the JSON.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from functools import cache, partial
from math import isfinite
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from docqa.aligned_table import AlignedCell
from docqa.answers import (
    NO_EVIDENCE,
    Alternative,
    Answer,
    Citation,
    DocumentWarning,
    Mark,
    Result,
    Withheld,
)
from docqa.documents import Document
from docqa.earlier_versions import find_kept_answer, is_unchanged
from docqa.table_passages import TablePassage
from docqa.user_marks import MarkedAnswer, UserMarks
from docqa.userdata.kept_spans import absolute

_VERSION = 1

Rename = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class KeptResult:
    """The result of a question, the best answer of each document, and what the user said about them.

    `contents` has the SHA-256 of each document, by name, as it was read.
    """

    result: Result
    best: tuple[Answer, ...]
    marks: UserMarks
    contents: Mapping[str, str]

    def as_values(self) -> dict[str, Any]:
        """The result as JSON."""
        marks = self.marks
        return {
            "version": _VERSION,
            "result": {
                **_plain(self.result),
                "answers": _answers(self.result.answers),
                "closest": _answers(self.result.closest),
            },
            "best": _answers(self.best),
            "marked": _answers(one for one, _ in marks.marked),
            "denied": _answers(one for one, _ in marks.denied),
            "contents": {absolute(name): sha256 for name, sha256 in self.contents.items()},
        }


def from_values(values: Mapping[str, Any], rename: Rename) -> KeptResult | None:
    """The result that JSON describes, None if it was written by another version; `rename` is given absolute names."""
    try:
        if values["version"] != _VERSION:
            return None
        read = partial(_read_answers, rename=rename)
        facts = dict(values["result"])
        withheld = facts["withheld"] and Withheld(**facts["withheld"])
        warnings = tuple(DocumentWarning(**each) for each in facts["warnings"])
        answers, closest = read(facts["answers"]), read(facts["closest"])
        changed = {"answers": answers, "closest": closest, "warnings": warnings, "withheld": withheld}
        marked, denied = (tuple(MarkedAnswer(one, None) for one in read(values[name])) for name in ("marked", "denied"))
        kept = KeptResult(
            Result(**{**facts, **changed}),
            read(values["best"]),
            UserMarks(marked, denied),
            {rename(name): str(sha256) for name, sha256 in values["contents"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None
    # A file that was edited by hand may have a number for a text, which nothing that draws expects.
    return kept if _is_a((kept.result, kept.best, marked, denied), _KEPT_TYPES) else None


def found_in(kept: KeptResult, documents: Sequence[Document], *, search: bool = True) -> KeptResult:
    """The result in the documents as they are now: as it was in those with the same content, and in the others found
    again, or marked. Without `search` all that is not where it was is marked, which takes no time.
    """
    by_name = {document.name: document for document in documents}
    unchanged = {name for name, sha256 in kept.contents.items() if name in by_name and by_name[name].sha256 == sha256}

    def again(answer: Answer) -> Answer:
        document = by_name.get(answer.document)
        others = tuple(
            replace(one, outdated=one.outdated or (one.document in by_name and one.document not in unchanged))
            for one in answer.other_locations
        )
        answer = replace(answer, other_locations=others)
        if document is None or answer.outdated or (answer.document in unchanged and is_unchanged(answer, document)):
            return answer
        return find_kept_answer(answer, document) if search else replace(answer, outdated=True)

    result = replace(
        kept.result,
        answers=tuple(map(again, kept.result.answers)),
        closest=tuple(map(again, kept.result.closest)),
    )
    return replace(kept, result=result, best=tuple(map(again, kept.best)))


def _plain(result: Result) -> dict[str, Any]:
    facts = asdict(replace(result, answers=(), closest=()))
    return {**facts, "warnings": [asdict(each) for each in result.warnings]}


def _answers(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    return [_answer(one) for one in answers]


def _answer(answer: Answer) -> dict[str, Any]:
    values = asdict(answer)
    del values["evidence"]
    for place in (values, *values["other_locations"]):
        place["document"] = absolute(place["document"])
    return values


_KEPT_TYPES = tuple[Result, tuple[Answer, ...], tuple[MarkedAnswer, ...], tuple[MarkedAnswer, ...]]
_hints = cache(get_type_hints)


def _is_a(value: object, expected: Any) -> bool:
    """Whether a value is of a type, and what is in it of the types that it declares."""
    arguments = get_args(expected)
    if isinstance(expected, UnionType):
        return any(_is_a(value, each) for each in arguments)
    if get_origin(expected) is tuple:
        if not isinstance(value, tuple):
            return False
        types = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        return len(value) == len(types) and all(map(_is_a, value, types))
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        return False
    if is_dataclass(expected) or hasattr(expected, "_fields"):
        return all(_is_a(getattr(value, name), hint) for name, hint in _hints(expected).items())
    return True


def _read_answers(listed: Iterable[Mapping[str, Any]], *, rename: Rename) -> tuple[Answer, ...]:
    return tuple(_read_answer(values, rename) for values in listed)


def _read_answer(values: Mapping[str, Any], rename: Rename) -> Answer:
    others = tuple(
        Citation(**{**each, "document": rename(str(each["document"]))}) for each in values["other_locations"]
    )
    return Answer(
        **{
            **values,
            "document": rename(str(values["document"])),
            "other_locations": others,
            "evidence": NO_EVIDENCE,
            "table": values["table"] and _table(values["table"]),
            "alternatives": tuple(Alternative(**each) for each in values["alternatives"]),
            "mark": Mark(**values["mark"]),
        }
    )


def _table(values: Mapping[str, Any]) -> TablePassage:
    lists = {name: tuple(values[name]) for name in ("row_headings", "column_headings")}
    return TablePassage(**{**values, **lists, "cells": tuple(AlignedCell(*cell) for cell in values["cells"])})
