"""Answers as text, JSON or JSON Lines (pure). Only colour depends on where the output goes."""

import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any
from unicodedata import category

from docqa.answers import Answer, Citation, Result
from docqa.documents import Location, display_name
from docqa.documents.formats import cite

SCHEMA = "docqa.answers/1"

_WIDTH = 100
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
_Paint = Callable[[str, str], str]


def as_dict(result: Result) -> dict[str, Any]:
    """The result as JSON, documented in docs/formats.md."""
    facts = asdict(result)
    for answer in (*facts["answers"], *facts["closest"]):
        answer["places"] = answer.pop("other_locations")  # The name that programs know.
        for location in (answer, *answer["places"]):
            del location["format"]
    return {"schema": SCHEMA, **facts}


def as_json(results: Sequence[Result]) -> str:
    """One JSON object for one question, a list of them for several."""
    documents = [as_dict(result) for result in results]
    return json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False, indent=2)


def as_json_line(result: Result) -> str:
    """The result on one line."""
    return json.dumps(as_dict(result), ensure_ascii=False)


def as_text(result: Result, *, colour: bool = False, with_question: bool = False) -> str:
    """The result as text: each answer with its probability, citation and passage."""
    paint: _Paint = (lambda style, text: f"{style}{text}{_PLAIN}") if colour else (lambda _, text: text)
    blocks = [paint(_BOLD, f"? {result.question}")] if with_question else []
    if result.answered:
        blocks += [_answer(answer, paint) for answer in result.answers]
    else:
        read = f"{result.windows_read} of {result.windows_total} windows read"
        blocks.append(f"no answer in these documents ({read})")
        if result.closest:
            blocks.append(paint(_DIM, "closest passages:"))
            blocks += [_answer(answer, paint) for answer in result.closest[:3]]
    return "\n\n".join(blocks)


def _answer(answer: Answer, paint: _Paint) -> str:
    text = one_line(answer.text)
    head = f"{answer.rank}. {paint(_BOLD, text)}  ({answer.probability:.0%})"
    where = [f"   {citation(answer)}"]
    if answer.other_locations:
        where.append("   also: " + "; ".join(citation(location) for location in answer.other_locations[:5]))
    return "\n".join([head, *(paint(_DIM, line) for line in where), _passage(answer, paint)])


def citation(cited: Answer | Citation) -> str:
    """A citation as text: "report.pdf, page 7 (v), lines 3–4, 2.1 Methods"."""
    location = Location(cited.page, cited.page_label, cited.page_end, cited.section, cited.line_start, cited.line_end)
    parts = [display_name(cited.document), cite(cited.format, location)]
    if cited.section:
        parts.append(cited.section)
    return ", ".join(parts)


def _passage(answer: Answer, paint: _Paint) -> str:
    """The wrapped passage with marks around the answer: colour alone would be lost in a pipe."""
    first, last = answer.start - answer.passage_start, answer.end - answer.passage_start
    # Private-use characters replace the marks until the lines are wrapped: the passage may contain » and « itself.
    marked = f"{answer.passage[:first]}\ue000{answer.passage[first:last]}\ue001{answer.passage[last:]}"
    lines = textwrap.wrap(
        one_line(marked), _WIDTH, initial_indent="   | ", subsequent_indent="   | ", break_long_words=False
    )
    before, after = paint(_BOLD, "\0").split("\0")
    return "\n".join(lines).replace("\ue000", f"{before}»").replace("\ue001", f"«{after}")


def one_line(text: str) -> str:
    """Collapse white space to single spaces and replace control characters, which a terminal would interpret."""
    clean = "".join("\ufffd" if category(c) in {"Cc", "Cs"} and not c.isspace() else c for c in text)
    return " ".join(clean.split())
