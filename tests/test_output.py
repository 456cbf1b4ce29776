"""Answers as text and JSON: the schema in docs/formats.md, and escaped control characters."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.scoring import by_score

from docqa import output
from docqa.answers import Mark, Result, Withheld, rank_answers
from docqa.documents import Source, parse
from docqa.ranking import Candidate

TEXT = "Anna Holm\nkept the lamp » and « the log.\n\nShe said \x1b[31mred\x1b[0m and [bold]bold[/bold]."


def result(text: str = TEXT, span: str = "Anna Holm", name: str = "a.txt") -> Result:
    document = parse(Source(name, text.encode()))
    start = document.text.index(span)
    candidate = Candidate(0, start, start + len(span), 9.0)
    answers = rank_answers(by_score(candidate), [document], 5)
    return Result("Who?", True, tuple(answers), (), 3, 7, "bundled", "hybrid:bundled", 0.25)


def test_json_has_what_the_documentation_promises() -> None:
    written = json.loads(output.as_json([result()]))
    documented = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
    assert written["schema"] == "docqa.answers/1"
    assert written["answered"] is True
    assert (written["windows_read"], written["windows_total"]) == (3, 7)
    for name in (*written, *written["answers"][0]):
        assert f"`{name}`" in documented or f'"{name}"' in documented, name
    answer = written["answers"][0]
    assert (answer["text"], answer["start"], answer["line_start"], answer["line_end"]) == ("Anna Holm", 0, 1, 1)
    assert TEXT[answer["passage_start"] :].startswith(answer["passage"])


def test_an_explanation_is_there_when_asked_for() -> None:
    answer = json.loads(output.as_json_line(result(), explain=True))["answers"][0]
    assert {reason["feature"] for reason in answer["explanation"]["reasons"]} == {"score", "rank"}
    assert "explanation" not in json.loads(output.as_json([result()]))["answers"][0]
    assert "+2.97  the reader's score is 9.0" in output.as_text(result(), explain=True)
    assert "the reader's score" not in output.as_text(result())


def test_several_questions_are_a_list_and_one_line_each() -> None:
    assert len(json.loads(output.as_json([result(), result()]))) == 2
    assert "\n" not in output.as_json_line(result())
    assert json.loads(output.as_json_line(result()))["question"] == "Who?"


def test_text_tells_answer_probability_place_and_passage() -> None:
    text = output.as_text(result())
    assert text.startswith("1. Anna Holm  (")
    assert "a.txt, line 1" in text
    assert "»Anna Holm« kept the lamp » and « the log." in text
    assert "\x1b" not in text


def test_the_items_of_a_list_are_not_run_together() -> None:
    text = output.as_text(result("Crew:\n1. The captain is\nAnna Holm\n2. The mate is Ole\n"))
    shown = [line.strip() for line in text.splitlines() if "|" in line]
    assert shown == ["| Crew:", "| 1. The captain is »Anna Holm«", "| 2. The mate is Ole"]


def test_colour_adds_escape_sequences_and_nothing_else() -> None:
    coloured = output.as_text(result(), colour=True)
    plain = coloured.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert plain == output.as_text(result())
    assert coloured != plain


def test_a_document_cannot_send_escape_sequences_to_the_terminal() -> None:
    assert "\x1b" not in output.as_text(result(span="red"))


def test_standard_input_is_named_in_words() -> None:
    assert "(standard input), line 1" in output.as_text(result(name="-"))


def test_an_abstention_says_what_was_read_and_what_came_closest() -> None:
    found = result()
    text = output.as_text(replace(found, answered=False, answers=(), closest=found.answers))
    assert text.startswith("no answer in these documents (3 of 7 passages searched)")
    assert text.split("\n\n")[1:] == [
        "closest passages, best match first:",
        "1. a.txt, line 1\n   | »Anna Holm« kept the lamp » and « the log.",
    ]


def test_of_a_topic_all_places_are_listed_and_of_a_question_the_answers() -> None:
    text = "Pilotage costs £20.\n\n" + "\n\n".join(f"On day {n} pilotage was paid." for n in range(1, 6))
    first = result(text, "£20").answers[0]
    others = tuple(replace(result(text, f"day {n}").answers[0], rank=n + 1) for n in range(1, 6))
    found = replace(result(), answers=(first,), closest=others)
    assert "On day" not in output.as_text(found)
    shown = output.as_text(replace(found, question="pilotage dues")).split("\n\n")
    assert shown[0].startswith("1. £20  (")
    assert [block.splitlines()[0] for block in shown[1:]] == [
        "other passages:",
        *(f"{n + 1}. a.txt, line {2 * n + 1}" for n in range(1, 6)),
    ]
    none = replace(found, answered=False, answers=(), closest=others)
    assert output.as_text(none).count("On") == 3
    assert output.as_text(replace(none, question="pilotage dues")).count("On") == 5


def test_programs_get_the_most_probable_of_what_came_closest_first() -> None:
    (answer,) = result().answers[:1]
    shown = (replace(answer, probability=0.1, rank=1), replace(answer, probability=0.2, rank=2))
    closest = json.loads(output.as_json([replace(result(), answered=False, answers=(), closest=shown)]))["closest"]
    assert [(one["probability"], one["rank"]) for one in closest] == [(0.2, 2), (0.1, 1)]


def test_of_what_came_closest_it_is_said_that_the_user_marked_it_wrong() -> None:
    wrong = replace(result().answers[0], mark=Mark(wrong=True))
    text = output.as_text(replace(result(), answered=False, answers=(), closest=(wrong,)))
    assert "1. a.txt, line 1  (you marked this wrong)" in text.splitlines()


def test_of_a_withheld_answer_the_passage_is_shown_and_neither_the_span_nor_a_probability() -> None:
    found = result()
    withheld = Withheld("yes-no", "this asks for a yes or no, which docqa doesn't decide")
    found = replace(found, answered=False, answers=(), closest=found.answers, withheld=withheld)
    assert output.as_text(found, explain=True).split("\n\n") == [
        "this asks for a yes or no, which docqa doesn't decide (3 of 7 passages searched)",
        "passages that bear on it, best match first:",
        "1. a.txt, line 1\n   | Anna Holm kept the lamp » and « the log.",
    ]
    assert json.loads(output.as_json([found]))["withheld"] == {"reason": "yes-no", "message": withheld.message}
    assert json.loads(output.as_json([result()]))["withheld"] is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"page": 3, "page_end": 3, "page_label": "iii"}, "a.txt, page 3 (iii), line 1"),
        ({"page": 3, "page_end": 3, "page_label": "3", "section": "2 Means"}, "a.txt, page 3, line 1, 2 Means"),
        ({"page": 3, "page_end": 4, "page_label": "3"}, "a.txt, page 3, line 1 to page 4, line 1"),
        ({"line_end": 2}, "a.txt, lines 1–2"),
    ],
)
def test_citations(change: dict[str, object], expected: str) -> None:
    assert output.citation(replace(result().answers[0], **change)) == expected
