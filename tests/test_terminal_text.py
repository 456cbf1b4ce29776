"""What is inert on a terminal: hostile texts are, whatever is around them, and those in any script stay legible."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.hostile import LEGIBLE, PAYLOADS, offences
from support.scoring import by_score

from docqa import export, github_markdown, output
from docqa.answers import Result, rank_answers
from docqa.documents import Source, parse
from docqa.errors import DocqaError
from docqa.ranking import Candidate
from docqa.terminal_text import (
    BOLD,
    DIM,
    END,
    as_json,
    ascii_json,
    flat,
    one_line,
    painted,
    plain,
    visible,
    visible_lines,
)

_CHARACTERS = st.characters(codec=None) | st.sampled_from("\x1b\x9b\u202e\u200d\u200f\ufe0f\u200b\udcff👩🚀مש ")
ANY_TEXT = st.text(_CHARACTERS) | st.sampled_from([*PAYLOADS.values(), *LEGIBLE.values()])
NEEDED = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u061c\ufe0e\ufe0f\u180e\u034f\u115f"))
"""What shows nothing and is kept where it is needed, which other tests are about."""


def shown(text: str) -> bytes:
    """The bytes of an inert text. Those of another would raise."""
    return text.encode("utf-8")


@given(ANY_TEXT)
def test_nothing_that_acts_or_hides_is_left(text: str) -> None:
    for inert in (plain, flat, one_line, visible, visible_lines):
        made = inert(text)
        assert offences(shown(made.translate(NEEDED))) == []
        assert inert(made) == made


@given(ANY_TEXT)
def test_docqa_s_own_colours_are_kept_and_no_others(text: str) -> None:
    assert painted(f"{BOLD}{plain(text)}{END}") == f"{BOLD}{plain(text)}{END}"
    for style in (BOLD, DIM, END):
        assert style not in plain(style + text)


@given(ANY_TEXT)
def test_offsets_stay(text: str) -> None:
    assert len(plain(text)) == len(flat(text)) == len(text)
    assert "\n" not in flat(text)
    assert "\n" not in visible(text)


@given(st.recursive(ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner), max_leaves=5))
def test_json_means_what_it_meant(value: object) -> None:
    for text in (as_json(value), as_json(value, indent=2), ascii_json(as_json(value))):
        text.encode("utf-8")
        assert json.loads(text) == json.loads(json.dumps(value))
        assert "\x1b" not in text
    assert ascii_json(as_json(value)).isascii()


@pytest.mark.parametrize("name", PAYLOADS)
def test_each_payload_is_inert(name: str) -> None:
    text = f"Leo{PAYLOADS[name]}nora"
    for inert in (plain, flat, one_line, visible, as_json):
        assert offences(shown(inert(text))) == []


@pytest.mark.parametrize("name", LEGIBLE)
def test_what_people_write_stays_legible(name: str) -> None:
    assert plain(LEGIBLE[name]) == LEGIBLE[name]
    assert json.loads(as_json(LEGIBLE[name])) == LEGIBLE[name]
    if name != "Hebrew":  # Directional marks move a name's suffix.
        assert visible(LEGIBLE[name]) == LEGIBLE[name]


def test_names_say_which_character_it_is() -> None:
    assert visible("a\x1b[31m\n\t\r\x9b\x7f\u202e\udcff\U000e0041.txt") == (
        r"a\x1b[31m\n\t\r\u009b\x7f\u202e\xff\U000e0041.txt"
    )
    error = DocqaError("a\n\x1b[2J is empty", "look at\na\x1b[2J")
    assert (error.message, error.hint) == (r"a\n\x1b[2J is empty", "look at\na\\x1b[2J")


def test_a_soft_hyphen_is_a_hyphen() -> None:
    assert plain("Har\u00adbour") == "Har-bour"


def result(passage: str, span: str, name: str = "a.txt", question: str = "Who?") -> Result:
    document = parse(Source(name, passage.encode()))
    start = document.text.index(span)
    answers = rank_answers(by_score(Candidate(0, start, start + len(span), 9.0)), [document], 5)
    return Result(question, True, tuple(answers), (), 3, 7, "reader\x1b[6n", "hybrid:bundled", 0.25)


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_answers_and_exports_are_inert(payload: str) -> None:
    text = f"The keeper is Leo{payload}nora Vance. " + "Her mother was the keeper before her. " * 5
    hostile = result(text, "nora", f"x{payload}.txt", f"Who{payload}?")
    one = hostile.answers[0]
    assert one.document == f"x{payload}.txt"  # What is true stays true.
    written = output.as_text(hostile, with_question=True) + output.as_json([hostile])
    for write in export.FORMATS.values():
        written += write(
            [hostile], export.ExportHead("2026-11-27", (export.ExportedDocument(one.document, 1, "cafe"),))
        )
    assert offences(shown(written)) == []
    assert json.loads(output.as_json([hostile]))["answers"][0]["document"] == f"x{payload}.txt"


def test_a_document_s_noncharacters_mark_no_answer() -> None:
    text = output.as_text(result("The keeper is \ufdd0Ida\ufdd1 Falk, \ue000Leo\ue001.", "Falk"), colour=True)
    assert text.count("»") == text.count("«") == 1


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "\ufeff=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    written = export.as_csv([result("The keeper is Ida.", "Ida", question=cell)])
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows[1][0].lstrip()[:1] not in {"=", "+", "-", "@", "\t", "\r", "＝"}
    assert rows[1][0].startswith(("'", "\ufffd"))


@given(ANY_TEXT | st.sampled_from(["-->", "--->", "--!>", "a-", "->", "---->"]))
def test_no_text_ends_a_comment(text: str) -> None:
    comment = github_markdown.comment(text)
    assert comment.count("--") == 2
    assert comment.endswith(" -->")
