"""A raw record to a `Pair` whose answers stand where they say, or to the reason why it can't be one."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docqa.pairs.locating import Documents, Opened
from docqa.pairs.pair import Gold, Pair
from docqa.pairs.problem import Effect, Kind, Problem
from docqa.pairs.records import Record, kind_of, shorten
from docqa.pairs.spans import Text
from docqa.progress import Monitor

_SURROGATES = re.compile("[\ud800-\udfff]")
_TRUTH = {True: True, False: False, "true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_INTEGER = re.compile(r"[+-]?\d+(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is to be said about an answer, before it is known what becomes of its pair."""

    kind: Kind
    message: str
    remedy: str
    effect: Effect = Effect.REPAIRED


class _RefusedError(Exception):
    """The record, or one of its answers, can't be used."""

    def __init__(self, kind: Kind, message: str, remedy: str) -> None:
        super().__init__(message)
        self.finding = _Finding(kind, message, remedy, Effect.DROPPED)


class Checker:
    """Checks the records of one file, in order."""

    def __init__(self, file: str, documents: Documents) -> None:
        self.file = file
        self._documents = documents
        self._text = Text("")
        self._shift: int | None = None

    def check(self, record: Record, monitor: Monitor) -> tuple[Pair | None, list[Problem]]:
        """Give the pair, or None where it has to be dropped; and what is to be said about it.

        Exactly one of the problems has the effect "dropped" where there is no pair, and none has where there is one.
        """
        findings: list[_Finding] = []
        pair = None
        try:
            pair = self._pair(record, findings, monitor)
        except _RefusedError as refused:
            # What was repaired or left out on the way is of no account: the pair is lost.
            findings = [refused.finding]
        return pair, [
            Problem(each.kind, each.effect, self.file, record.place, each.message, each.remedy) for each in findings
        ]

    def _pair(self, record: Record, findings: list[_Finding], monitor: Monitor) -> Pair:
        if record.malformed:
            raise _RefusedError(Kind.MALFORMED, record.malformed, "correct it, or take it out")
        fields = record.fields
        question = _text_of(fields, "question").strip()
        if not question:
            raise _RefusedError(Kind.EMPTY_QUESTION, "`question` is empty", "write the question, or take the pair out")
        identity = fields.get("id")
        answers = self._answers(fields, findings)
        named = _name_of(fields)
        opened: Opened | None = None
        if _given(fields, "context"):
            context = _text_of(fields, "context")
            if not context.strip():
                raise _RefusedError(Kind.EMPTY_CONTEXT, "`context` is empty", "give the text that the answer stands in")
            if self._text.text != context:
                self._text = Text(context)
                self._shift = None
            text, document = self._text, named
        elif _given(fields, "document"):
            path = Path(self.file).parent / named
            found = self._documents.open(path, monitor)
            if isinstance(found, str):
                raise _RefusedError(
                    Kind.DOCUMENT,
                    f"the document {named} can't be read: {found}",
                    f"paths of documents begin at the folder of the pairs, {Path(self.file).parent}",
                )
            opened, text, document = found, found.body, str(path)
        elif "context" in fields and not _given(fields, "document"):
            raise _RefusedError(Kind.EMPTY_CONTEXT, "`context` is empty", "give the text that the answer stands in")
        else:
            raise _RefusedError(
                Kind.MISSING_FIELD,
                f"`context` or `document` was expected, found {_names(fields)}",
                "give the text that the answer stands in, or the path of its document",
            )
        page = _integer(fields, "page")
        if opened is None:
            golds = self._in_context(text, question, answers, findings)
        else:
            golds, page = self._in_document(opened, named, question, answers, page, findings)
        return Pair(
            id=f"{Path(self.file).name} {record.place}" if identity in {None, ""} else str(identity),
            question=question,
            context=text.text,
            answers=tuple(golds),
            document=document,
            page=page,
            place=record.place,
        )

    def _answers(self, fields: dict[str, Any], findings: list[_Finding]) -> list[tuple[str, int | None]]:
        """The accepted answers with the starts that are claimed for them; none where there is no answer."""
        impossible = _truth(fields, "is_impossible")
        if not ("answers" in fields or "answer" in fields):
            if impossible:
                return []
            raise _RefusedError(
                Kind.MISSING_FIELD,
                f"`answer` was expected, found {_names(fields)}",
                "give the answer, or null for a question that has none",
            )
        name = "answers" if fields.get("answers") is not None or "answer" not in fields else "answer"
        listed = _listed(name, fields[name], fields.get("answer_start"))
        answers = [(text, start) for text, start in listed if text.strip()]
        if impossible and answers:
            raise _RefusedError(
                Kind.IMPOSSIBLE,
                f"`is_impossible` is true, and the answer {shorten(answers[0][0])} is given",
                "take out the one that is wrong",
            )
        if impossible is False and not answers and "is_impossible" in fields:
            raise _RefusedError(
                Kind.IMPOSSIBLE, "`is_impossible` is false, and there is no answer", "correct it, or give the answer"
            )
        if answers and len(answers) < len(listed):
            findings.append(
                _Finding(
                    Kind.EMPTY_ANSWER,
                    f"{len(listed) - len(answers)} of {len(listed)} accepted answers is empty",
                    "left out; a question without an answer has no other answer",
                    Effect.WARNING,
                )
            )
        return answers

    def _in_context(
        self, text: Text, question: str, answers: list[tuple[str, int | None]], findings: list[_Finding]
    ) -> list[Gold]:
        golds: list[Gold] = []
        lost: list[_Finding] = []
        for answer, start in answers:
            try:
                golds.append(self._gold(text, question, answer, start, golds, findings))
            except _RefusedError as refused:
                lost.append(refused.finding)
        _account_for(lost, golds, findings)
        return golds

    def _gold(
        self,
        text: Text,
        question: str,
        answer: str,
        start: int | None,
        golds: list[Gold],
        findings: list[_Finding],
    ) -> Gold:
        context = text.text
        if start is not None and start >= 0 and context.startswith(answer, start):
            return _trimmed(context, start, start + len(answer))
        answer = answer.strip()
        places, exact = text.places(answer), True
        if not places:
            places, exact = text.alike(answer), False
        if not places:
            raise _RefusedError(
                Kind.NOT_IN_CONTEXT,
                f"the answer {shorten(answer)} was expected to stand in the context, and does not",
                "answers are copied from the context, letter by letter",
            )
        if start is None:
            span, remark = _placed(text, question, answer, places, golds)
            if remark:
                findings.append(remark)
        else:
            span, kind, why = self._corrected(context, start, places, answer)
            if exact:
                there = shorten(context[start : start + len(answer)]) if 0 <= start < len(context) else "nothing"
                message = (
                    f"`answer_start` is {start}, where the context has {there}; {shorten(answer)} stands at {span[0]}"
                )
                findings.append(_Finding(kind, message, f"{why}; taken as {span[0]}"))
        if not exact:
            message = f"the answer {shorten(answer)} stands in the context as {shorten(context[slice(*span)])}"
            findings.append(_Finding(Kind.TEXT_DIFFERS, message, "taken as it stands there"))
        return Gold(context[slice(*span)], span[0])

    def _corrected(
        self, context: str, start: int, places: list[tuple[int, int]], answer: str
    ) -> tuple[tuple[int, int], Kind, str]:
        """The one place that a wrong start can mean. Raises where that is not certain."""
        by_start = {begin: (begin, end) for begin, end in places}
        meant = {
            Kind.UTF16: _from_units(context, start, "utf-16-le", 2),
            Kind.BYTES: _from_units(context, start, "utf-8", 1),
        }
        explained = {kind: at for kind, at in meant.items() if at in by_start and at != start}
        if len(set(explained.values())) == 1:
            kind, at = next(iter(explained.items()))
            unit = "UTF-16 code units" if kind is Kind.UTF16 else "bytes of UTF-8"
            return by_start[at], kind, f"it counts {unit}"
        if len(places) == 1:
            self._shift = places[0][0] - start
            return places[0], Kind.SHIFTED, "the answer stands nowhere else"
        if self._shift is not None and start + self._shift in by_start:
            return by_start[start + self._shift], Kind.SHIFTED, f"shifted by {-self._shift}, as others of this context"
        # An answer's start that is off by a little still lies on the answer, or (a quote, a space) just before it.
        near = [span for span in places if abs(span[0] - start) <= max(2, len(answer) - 1)]
        if len(near) == 1:
            return near[0], Kind.SHIFTED, "no other place is near"
        where = ", ".join(str(begin) for begin, _ in places[:4]) + (", …" if len(places) > 4 else "")
        raise _RefusedError(
            Kind.UNCERTAIN_START,
            f"`answer_start` is {start}, and {shorten(answer)} stands elsewhere, in {len(places)} places: {where}",
            "correct answer_start: it counts characters from 0",
        )

    def _in_document(
        self,
        opened: Opened,
        named: str,
        question: str,
        answers: list[tuple[str, int | None]],
        page: int | None,
        findings: list[_Finding],
    ) -> tuple[list[Gold], int | None]:
        pages = opened.document.page_count
        if page is not None and not pages:
            findings.append(
                _Finding(Kind.PAGE, f"`page` is {page}, and {named} has no pages", "page ignored", Effect.WARNING)
            )
            page = None
        golds: list[Gold] = []
        lost: list[_Finding] = []
        found_on = page
        for answer, start in answers:
            try:
                span, turned_to = _document_span(opened, named, question, answer, start, page, golds, findings)
            except _RefusedError as refused:
                lost.append(refused.finding)
                continue
            golds.append(Gold(opened.body.text[slice(*span)], span[0]))
            if len(golds) == 1:
                found_on = turned_to
        _account_for(lost, golds, findings)
        return golds, found_on


def _document_span(
    opened: Opened,
    named: str,
    question: str,
    answer: str,
    start: int | None,
    page: int | None,
    golds: list[Gold],
    findings: list[_Finding],
) -> tuple[tuple[int, int], int | None]:
    """Where an answer stands in its document, and on which page."""
    text = opened.body
    answer = answer.strip()
    places = text.places(answer) or text.alike(answer)
    if not places:
        raise _RefusedError(
            Kind.NOT_IN_DOCUMENT,
            f"the answer {shorten(answer)} was expected to stand in {named}, and does not",
            "copy it from the document; running heads, footers and tables of contents are not searched",
        )
    candidates = [span for span in places if opened.on_page(span, page)] if page is not None else places
    misplaced = not candidates
    candidates = candidates or places
    if start is not None and any(begin == start for begin, _ in candidates):
        candidates = [span for span in candidates if span[0] == start]
    span, remark = _placed(text, question, answer, candidates, golds)
    actual = opened.page_of(span)
    if misplaced:
        beyond = f", and {named} has {opened.document.page_count}" if not opened.has_page(page) else ""
        message = f"{shorten(answer)} was expected on page {page}{beyond}; it stands on page {actual}"
        if remark:
            raise _RefusedError(
                Kind.PAGE,
                f"{shorten(answer)} was expected on page {page}{beyond}; it stands in {len(places)} other places",
                "correct page: it counts the file's pages from 1",
            )
        findings.append(_Finding(Kind.PAGE, message, f"taken as page {actual}"))
    elif remark:
        findings.append(remark)
    found = text.text[slice(*span)]
    if _bare(found) != _bare(answer):
        message = f"the answer {shorten(answer)} stands in {named} as {shorten(found)}"
        findings.append(_Finding(Kind.TEXT_DIFFERS, message, "taken as it stands there"))
    return span, actual


def _placed(
    text: Text, question: str, answer: str, places: list[tuple[int, int]], golds: list[Gold]
) -> tuple[tuple[int, int], _Finding | None]:
    """Choose a place for an answer that comes without one, and tell if it is not certain.

    A reader learns an answer from the words around it, so of several places the one is taken whose neighbourhood
    speaks of what is asked; one that overlaps an accepted answer already placed is that answer in other words.
    """
    if len(places) == 1:
        return places[0], None
    for gold in golds:
        for start, end in places:
            if start < gold.start + len(gold.text) and gold.start < end:
                return (start, end), None
    chosen = text.likeliest(places, question)
    return chosen, _Finding(
        Kind.SEVERAL_PLACES,
        f"the answer {shorten(answer)} stands in {len(places)} places",
        f"taken where the words around it are most like the question, at {chosen[0]}; answer_start says which",
        Effect.WARNING,
    )


def _account_for(lost: list[_Finding], golds: list[Gold], findings: list[_Finding]) -> None:
    """An answer that is lost is left out where others remain; a pair that has none left is dropped."""
    if lost and not golds:
        more = f" (nor do the {len(lost) - 1} other accepted answers help)" if len(lost) > 1 else ""
        raise _RefusedError(lost[0].kind, lost[0].message + more, lost[0].remedy)
    for each in lost:
        message = f"{each.message}; left out, {len(golds)} other accepted answers remain"
        findings.append(_Finding(each.kind, message, each.remedy, Effect.WARNING))


def _trimmed(context: str, start: int, end: int) -> Gold:
    while start < end and context[start].isspace():
        start += 1
    while end > start and context[end - 1].isspace():
        end -= 1
    return Gold(context[start:end], start)


def _from_units(context: str, start: int, encoding: str, width: int) -> int | None:
    """The offset in code points of what is `start` units from the beginning in this encoding."""
    if start < 0 or context.isascii():
        return None
    data = context[: start + 1].encode(encoding, "surrogatepass")[: start * width]
    try:
        return len(data.decode(encoding))
    except UnicodeDecodeError:
        return None


def _given(fields: dict[str, Any], name: str) -> bool:
    return fields.get(name) not in {None, ""} if not isinstance(fields.get(name), list | dict) else True


def _text_of(fields: dict[str, Any], name: str) -> str:
    if name not in fields:
        raise _RefusedError(Kind.MISSING_FIELD, f"`{name}` was expected, found {_names(fields)}", f"add `{name}`")
    return _clean(_expect_text(name, fields[name]))


def _name_of(fields: dict[str, Any]) -> str:
    for name in ("document", "title"):
        if _given(fields, name):
            return _text_of(fields, name).strip()
    return ""


def _expect_text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    remedy = "put it in quotes" if isinstance(value, int | float) else "give a text"
    raise _RefusedError(Kind.WRONG_TYPE, f"`{name}` was expected to be a text, and is {kind_of(value)}", remedy)


def _clean(text: str) -> str:
    """JSON can hold half of a surrogate pair, which no encoding can: U+FFFD stands for it, and moves no offset."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _listed(name: str, value: object, start: object) -> list[tuple[str, int | None]]:
    """The answers in any of the forms in which they come, with their starts."""
    if isinstance(value, str) and name == "answers" and value.lstrip()[:1] in {"[", "{"}:
        # Several answers in one cell of a table.
        with suppress(json.JSONDecodeError):
            value = json.loads(value)
    if isinstance(value, dict):
        value, start = value.get("text"), value.get("answer_start", start)
    if value is None:
        return []
    if isinstance(value, str):
        if isinstance(start, list) and len(start) == 1:
            start = start[0]
        return [(_clean(value), _as_integer("answer_start", start))]
    if not isinstance(value, list):
        _expect_text(name, value)
    texts: list[Any] = list(value) if isinstance(value, list) else []
    starts = start if isinstance(start, list) else [start] * len(texts) if len(texts) < 2 else [None] * len(texts)
    if len(starts) != len(texts) or (start is not None and not isinstance(start, list) and len(texts) > 1):
        raise _RefusedError(
            Kind.WRONG_TYPE,
            f"`answer_start` was expected to be a list of {len(texts)}, one for each answer, and is {kind_of(start)}",
            "give one start for each answer, or none at all",
        )
    listed: list[tuple[str, int | None]] = []
    for text, at in zip(texts, starts, strict=True):
        if isinstance(text, dict):
            if "text" not in text:
                raise _RefusedError(
                    Kind.MISSING_FIELD, f"`text` was expected in each of `{name}`, found {_names(text)}", "add `text`"
                )
            listed.append(
                (
                    _clean(_expect_text(f"{name}.text", text["text"])),
                    _as_integer("answer_start", text.get("answer_start", at)),
                )
            )
        else:
            listed.append((_clean(_expect_text(name, text)), _as_integer("answer_start", at)))
    return listed


def _integer(fields: dict[str, Any], name: str) -> int | None:
    return _as_integer(name, fields.get(name))


def _as_integer(name: str, value: object) -> int | None:
    """A whole number, also as a spreadsheet or a data frame writes it ("12", 12.0)."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(float(value))
    raise _RefusedError(
        Kind.WRONG_TYPE,
        f"`{name}` was expected to be a whole number, and is {kind_of(value)}",
        "correct it, or leave it out",
    )


def _truth(fields: dict[str, Any], name: str) -> bool | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    key = value.strip().lower() if isinstance(value, str) else value
    if isinstance(key, str | bool | int) and key in _TRUTH:
        return _TRUTH[key]
    raise _RefusedError(
        Kind.WRONG_TYPE, f"`{name}` was expected to be true or false, and is {kind_of(value)}", "correct it"
    )


def _bare(text: str) -> str:
    return re.sub(r"[\s\u00ad‐-]+", "", text)


def _names(fields: dict[str, Any]) -> str:
    return ", ".join(str(name) for name in fields) or "no fields"
