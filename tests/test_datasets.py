"""Pairs are read from every format, validated, repaired if unambiguous, and never dropped silently."""

import codecs
import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.samples import SAMPLES

from docqa.datasets import Gold, IssueEffect, IssueKind, LoadedPairs, check, load
from docqa.datasets.formats import read_records
from docqa.errors import DocqaError
from docqa.progress import Cancelled, Monitor, Progress

CONTEXT = "The lighthouse at Skagen was built in 1858. Anna Holm kept it for 31 years. Anna Holm wrote of storms."
FORMATS_MD = Path(__file__).parent.parent / "docs" / "formats.md"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes pairs to a JSON file."""

    def to_file(content: object, name: str = "pairs.json") -> Path:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return to_file


def pair(**fields: Any) -> dict[str, Any]:
    """Return a valid pair in the flat form, with `fields` replaced; the value `...` removes a field."""
    whole = {"question": "When was it built?", "context": CONTEXT, "answer": "1858"} | fields
    return {name: value for name, value in whole.items() if value is not ...}


def squad(*questions: dict[str, Any], context: str = CONTEXT) -> dict[str, Any]:
    return {
        "version": "2.0",
        "data": [{"title": "Skagen", "paragraphs": [{"qas": list(questions), "context": context}]}],
    }


def only_issue(loaded: LoadedPairs, kind: IssueKind, effect: IssueEffect) -> str:
    """Return the only issue as text, and check that the counts add up."""
    report = loaded.report
    assert report.read == len(loaded.pairs) + report.dropped + report.merged
    assert [(each.kind, each.effect) for each in report.issues] == [(kind, effect)]
    assert report.issues[0].remedy
    return str(report.issues[0])


# Formats


EXPECTED = [("When was it built?", ("1858",)), ("Who was its architect?", ())]


def asked(loaded: LoadedPairs) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.question, tuple(gold.text for gold in each.answers)) for each in loaded.pairs]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "squad.json",
            squad(
                {"id": "a", "question": "When was it built?", "answers": [{"text": "1858", "answer_start": 38}]},
                {
                    "id": "b",
                    "question": "Who was its architect?",
                    "answers": [],
                    "is_impossible": True,
                    "plausible_answers": [{"text": "Anna Holm", "answer_start": 44}],
                },
            ),
        ),
        ("list.json", [pair(), pair(question="Who was its architect?", answer=None)]),
        ("list.json", [pair(answer=["1858"]), pair(question="Who was its architect?", answer="")]),
        ("list.json", [pair(), pair(question="Who was its architect?", answer=[])]),
        ("list.json", [pair(), pair(question="Who was its architect?", answer=..., is_impossible=True)]),
        (
            "hugging-face.json",
            [
                pair(answer=..., answers={"text": ["1858"], "answer_start": [38]}),
                pair(question="Who was its architect?", answer=..., answers={"text": [], "answer_start": []}),
            ],
        ),
        ("data.json", {"data": [pair(), pair(question="Who was its architect?", answer=None)]}),
        (
            "lines.jsonl",
            json.dumps(pair()) + "\n\n" + json.dumps(pair(question="Who was its architect?", answer=None)) + "\n",
        ),
        ("lines.json", json.dumps(pair()) + "\n" + json.dumps(pair(question="Who was its architect?", answer=None))),
        (
            "table.csv",
            f'question,context,answer\r\nWhen was it built?,"{CONTEXT}",1858\r\n'
            f'Who was its architect?,"{CONTEXT}",\r\n',
        ),
        (
            "table.csv",
            f'"Question";"Context";"Answer"\nWhen was it built?;{CONTEXT};1858\nWho was its architect?;{CONTEXT};\n',
        ),
        (
            "table.tsv",
            f"question\tcontext\tanswer\tanswer_start\nWhen was it built?\t{CONTEXT}\t1858\t38\n"
            f"Who was its architect?\t{CONTEXT}\t\t\n",
        ),
        (
            "table.tsv",
            f"question\tcontext\tanswer\tis_impossible\nWhen was it built?\t{CONTEXT}\t1858\tFalse\n"
            f"Who was its architect?\t{CONTEXT}\t\tTrue\n",
        ),
        (
            "table.tsv",
            f"question\tcontext\tanswer\tanswers\nWhen was it built?\t{CONTEXT}\t1858\t\n"
            f"Who was its architect?\t{CONTEXT}\t\t[]\n",
        ),
        ("list.json", [pair(answers=[]), pair(question="Who was its architect?", answer=None, answers=[])]),
    ],
)
def test_all_formats_give_the_same_pairs(write: Write, name: str, content: object) -> None:
    loaded = load([write(content, name)])
    assert asked(loaded) == EXPECTED
    assert not loaded.report.issues
    assert loaded.pairs[0].answers == (Gold("1858", 38),)
    assert loaded.pairs[0].context is loaded.pairs[1].context


@pytest.mark.parametrize(
    ("name", "content", "locations"),
    [
        ("a.json", [pair(), pair(question="Who?", answer="Anna", answer_start=44)], ["[0]", "[1]"]),
        (
            "a.jsonl",
            f"{json.dumps(pair())}\n\n{json.dumps(pair(question='Where?', answer='Skagen'))}",
            ["line 1", "line 3"],
        ),
        (
            "a.csv",
            f'question,context,answer\nWhen?,"a\nb {CONTEXT}",1858\nWhere?,{CONTEXT},Skagen',
            ["line 2", "line 4"],
        ),
        (
            "a.json",
            squad({"question": "When?", "answers": [{"text": "1858", "answer_start": 38}]}),
            ["data[0].paragraphs[0].qas[0]"],
        ),
    ],
)
def test_pairs_have_a_location(write: Write, name: str, content: object, locations: list[str]) -> None:
    assert [each.location for each in load([write(content, name)]).pairs] == locations


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv"])
def test_byte_order_marks_set_the_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    text = {
        "a.json": json.dumps([pair(answer="Skågen 🗼", context="At Skågen 🗼.")], ensure_ascii=False),
        "a.jsonl": json.dumps(pair(answer="Skågen 🗼", context="At Skågen 🗼."), ensure_ascii=False),
        "a.csv": "question,context,answer\nWhere?,At Skågen 🗼.,Skågen 🗼\n",
    }[name]
    (tmp_path / name).write_text(text, encoding=encoding)
    assert load([tmp_path / name]).pairs[0].answers == (Gold("Skågen 🗼", 3),)


def test_an_article_s_title_may_follow_its_paragraphs(write: Write) -> None:
    def article(context: str, **title: str) -> dict[str, Any]:
        return {"paragraphs": [{"context": context, "qas": [{"question": "When?", "answers": []}]}], **title}

    path = write({"data": [article("One.", title="First"), article("Two."), article("Three.", title="Third")]})
    assert [each.document for each in load([path]).pairs] == ["First", "pairs.json data[1]", "Third"]


def test_several_answers_in_a_cell(write: Write) -> None:
    cell = json.dumps(["Anna Holm", "Anna"]).replace('"', '""')
    path = write(f'question,context,answers\nWho kept it?,{CONTEXT},"{cell}"\n', "a.csv")
    assert asked(load([path])) == [("Who kept it?", ("Anna Holm", "Anna"))]


def test_ids_are_kept_or_generated(write: Write) -> None:
    loaded = load([write([pair(id=7), pair(question="Where?", answer="Skagen")])])
    assert [each.id for each in loaded.pairs] == ["7", "pairs.json [1]"]


def test_the_sample_questions_load() -> None:
    loaded = load([SAMPLES / "questions.json"])
    assert (len(loaded.pairs), loaded.report.unanswerable, loaded.report.documents) == (83, 13, 3)
    assert not loaded.report.dropped
    assert set(loaded.documents) == {each.document for each in loaded.pairs}
    for each in loaded.pairs:
        if each.answers and each.page:
            document = loaded.documents[each.document]
            assert document.locate(each.answers[0].start, each.answers[0].start + 1).page == each.page


def test_the_examples_in_the_docs_load(tmp_path: Path) -> None:
    section = re.search(r"\n## Pairs\n(.*?)(?=\n## |\Z)", FORMATS_MD.read_text(encoding="utf-8"), re.DOTALL)
    assert section
    examples = re.findall(r"`([\w-]+\.\w+)`:\n\n```\w*\n(.*?)```", section[1], re.DOTALL)
    assert len(examples) >= 6
    (tmp_path / "keepers.md").write_text("# Keepers\n\n" + CONTEXT, encoding="utf-8")
    for name, text in examples:
        (tmp_path / name).write_text(text, encoding="utf-8")
        report = load([tmp_path / name]).report
        assert report.pairs and not report.issues, (name, report.as_text())
        assert report.unanswerable, f"{name} shows no unanswerable question"


# Files that can't be read


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"", r"a\.json is empty"),
        ("a.json", b" \n", r"a\.json is empty"),
        ("a.json", b"[]", r"a\.json contains no question–answer pairs"),
        ("a.json", b'{"data": []}', r"a\.json contains no question–answer pairs"),
        ("a.json", b'{"version": 1}', r"expected a list `data`, as in SQuAD, found version"),
        ("a.json", b'{"data": {"a": 1}}', r"expected `data` to be a list, found an object"),
        ("a.json", b'"hello"', r"expected \{ or \[ at the beginning, found '\"hello\"'"),
        ("a.json", b'[\n{"question": "a",}]', r"line 2 column 18: invalid JSON before the first pair"),
        ("a.json", b'{"data": [{"paragraphs": [', r"line 1 column 27: invalid JSON before the first pair"),
        (
            "a.json",
            b'{"data":[{"paragraphs":[{"qas":[],"context":""}],]}',
            r"invalid JSON after data\[0\]\.paragraphs\[0\]",
        ),
        ("a.json", b'[{"question": "a"}, {"question": NaN}]', r"invalid JSON after \[0\]: NaN is no JSON"),
        ("a.json", b"[" * 100_000, r"nested too deeply"),
        ("a.csv", b"when,where\n1,2\n", r"line 1: expected a header with a column `question`, found 'when,where'"),
        (
            "a.csv",
            b"question,context\na,b\n",
            r"line 1: expected a column answer or answers, found question, context",
        ),
        ("a.csv", b"question,answer\na,b\n", r"line 1: expected a column context or document"),
        ("a.csv", b"question,context,answer,answer\na,b,c,d\n", r"line 1: duplicate column answer"),
        ("a.csv", b'question,context,answer\na,"b c,b\nd,e,f\n', r"line 2: invalid row"),
        ("a.csv", b"question,context,answer\na,b\xff,b\n", r"line 2: expected UTF-8, found the byte 0xff"),
        ("a.jsonl", codecs.BOM_UTF16_LE + b"\x00\xdc\x00\x00", r"expected UTF-16"),
        ("a.txt", b"hello", r"a\.txt has an unknown format; it begins with 'hello'"),
    ],
)
def test_an_unreadable_file_is_an_error(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DocqaError, match=message) as failure:
        check([tmp_path / name])
    assert failure.value.hint


def test_a_missing_file_or_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match="does not exist"):
        load([tmp_path / "none.json"])
    with pytest.raises(DocqaError, match="is a directory"):
        load([tmp_path])


# Pairs that can't be used


@pytest.mark.parametrize(
    ("record", "kind", "message"),
    [
        (["a"], IssueKind.MALFORMED, "[0]: expected an object, found a list"),
        (pair(question=...), IssueKind.MISSING_FIELD, "expected `question`, found `context`, `answer`"),
        (pair(answer=...), IssueKind.MISSING_FIELD, "expected `answer`, found `question`, `context`"),
        (
            pair(context=...),
            IssueKind.MISSING_FIELD,
            "expected `context` or `document`, found `question`, `answer`",
        ),
        (pair(answer=..., answers=[{"answer_start": 3}]), IssueKind.MISSING_FIELD, "expected `text` in `answers`"),
        (pair(question=7), IssueKind.WRONG_TYPE, "expected `question` to be a string, found a number (7)"),
        (pair(context=["a"]), IssueKind.WRONG_TYPE, "expected `context` to be a string, found a list"),
        (pair(answer=1858), IssueKind.WRONG_TYPE, "expected `answer` to be a string, found a number (1858)"),
        (
            pair(answer_start="x"),
            IssueKind.WRONG_TYPE,
            "expected `answer_start` to be an integer, found a string ('x')",
        ),
        (
            pair(answer=["Anna", "1858"], answer_start=44),
            IssueKind.WRONG_TYPE,
            "a number for each of 2 answers, found 1",
        ),
        (pair(is_impossible="maybe"), IssueKind.WRONG_TYPE, "expected `is_impossible` to be true or false"),
        (pair(question=" "), IssueKind.EMPTY_QUESTION, "`question` is empty"),
        (pair(context=" \n"), IssueKind.EMPTY_CONTEXT, "`context` is empty"),
        (pair(context=None), IssueKind.EMPTY_CONTEXT, "`context` is empty"),
        (
            pair(is_impossible=True),
            IssueKind.IMPOSSIBLE_WITH_ANSWER,
            "`is_impossible` is true, but there is an answer: '1858'",
        ),
        (
            pair(answer=None, is_impossible=False),
            IssueKind.IMPOSSIBLE_WITH_ANSWER,
            "`is_impossible` is false, but there is no answer",
        ),
        (pair(answer="1859"), IssueKind.NOT_IN_CONTEXT, "the answer '1859' is not in the context"),
        (
            pair(answer=["1859", "1860"]),
            IssueKind.NOT_IN_CONTEXT,
            "and neither are its 1 other accepted answers",
        ),
        (
            pair(answer="Anna Holm", answer_start=5),
            IssueKind.START_UNCERTAIN,
            "`answer_start` is 5, but 'Anna Holm' occurs at 2 other places: 44, 76",
        ),
        (
            pair(context=..., document="none.txt"),
            IssueKind.UNREADABLE_DOCUMENT,
            "expected a readable document",
        ),
    ],
)
def test_an_unusable_pair_is_dropped_and_explained(write: Write, record: object, kind: IssueKind, message: str) -> None:
    path = write([record, pair(question="Where is it?", answer="Skagen")])
    text = only_issue(load([path]), kind, IssueEffect.DROPPED)
    assert message in text
    assert text.startswith(f"{path}, [0]: ")
    assert load([path]).report.dropped == 1


def test_an_invalid_line_drops_only_itself(write: Write) -> None:
    path = write(f'{json.dumps(pair())}\n{{"question": \n', "a.jsonl")
    assert "line 2: invalid JSON: Expecting value at column" in only_issue(
        load([path]), IssueKind.MALFORMED, IssueEffect.DROPPED
    )


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_named(write: Write, constant: str) -> None:
    line = json.dumps(pair()).replace('"1858"', constant)
    text = only_issue(load([write(f"{line}\n", "a.jsonl")]), IssueKind.MALFORMED, IssueEffect.DROPPED)
    assert f"line 1: {constant} is no JSON: write null" in text
    with pytest.raises(DocqaError, match=f"{constant} is no JSON") as failure:
        check([write(f"[{line}]", "a.json")])
    assert failure.value.hint == "write null"


def test_a_row_with_too_many_fields_drops_only_itself(write: Write) -> None:
    path = write("question,context,answer\na,b, c,b\nWhere?,At Skagen,Skagen\n", "a.csv")
    text = only_issue(load([path]), IssueKind.MALFORMED, IssueEffect.DROPPED)
    assert "line 2: found 4 fields for 3 columns" in text


def test_the_csv_limit_of_the_process_is_left_alone(write: Write) -> None:
    limit = csv.field_size_limit()
    context = "The keeper was Anna Holm. " * (limit // 20)
    path = write(f"question,context,answer\nWho?,{context},Anna Holm\nWho?,{CONTEXT},Anna Holm\n", "a.csv")
    limits = {csv.field_size_limit() for _ in read_records(path, lambda *_: None)}
    assert limits == {limit} == {csv.field_size_limit()}


def test_a_row_with_too_few_fields_lacks_the_last_ones(write: Write) -> None:
    path = write("question,context,answer\nWhen?,In 1858\n", "a.csv")
    assert "line 2: expected `answer`" in only_issue(load([path]), IssueKind.MISSING_FIELD, IssueEffect.DROPPED)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"data": [7]}, "data[0]: expected an article (an object), found a number (7)"),
        ({"data": [{"paragraphs": 7}]}, "data[0]: expected a list `paragraphs`, found a number (7)"),
        ({"data": [{"paragraphs": [7]}]}, "data[0].paragraphs[0]: expected a paragraph (an object)"),
        (
            {"data": [{"paragraphs": [{"context": "a"}]}]},
            "paragraphs[0]: expected a list `qas`, found nothing",
        ),
        (
            {"data": [{"paragraphs": [{"context": "a", "qas": [7]}]}]},
            "qas[0]: expected an object, found a number",
        ),
    ],
)
def test_malformed_squad_is_located(write: Write, content: object, message: str) -> None:
    assert message in only_issue(load([write(content)]), IssueKind.MALFORMED, IssueEffect.DROPPED)


def test_a_squad_paragraph_without_context_drops_its_questions(write: Write) -> None:
    content = squad({"question": "a", "answers": []}, {"question": "b", "answers": []})
    del content["data"][0]["paragraphs"][0]["context"]
    report = load([write(content)]).report
    assert report.dropped == report.read == 2
    assert report.counts[IssueKind.MISSING_FIELD, IssueEffect.DROPPED] == 2


# Repairs


@pytest.mark.parametrize(
    ("context", "answer", "start", "expected", "kind", "message"),
    [
        (
            CONTEXT,
            "1858",
            40,
            38,
            IssueKind.START_SHIFTED,
            "`answer_start` is 40, where the context has '58. '; '1858' is at 38",
        ),
        (CONTEXT, "1858", -1, 38, IssueKind.START_SHIFTED, "the answer occurs nowhere else"),
        (CONTEXT, "1858", 9_999, 38, IssueKind.START_SHIFTED, "where the context has ''"),
        (CONTEXT, "Anna Holm", 78, 76, IssueKind.START_SHIFTED, "no other occurrence is near"),
        ("🗼🗼 Anna and Anna", "Anna", 5, 3, IssueKind.START_IN_UTF16, "it counts UTF-16 code units"),
        ("🗼🗼 Anna", "Anna", 5, 3, IssueKind.START_IN_UTF16, "it counts UTF-16 code units"),
        ("På ø: Anna, Anna", "Anna", 8, 6, IssueKind.START_IN_BYTES, "it counts UTF-8 bytes"),
        ("🗼 Anna and Anna", "Anna", 5, 2, IssueKind.START_IN_BYTES, "it counts UTF-8 bytes"),
    ],
)
def test_an_unambiguous_start_is_repaired(  # noqa: PLR0917
    write: Write, context: str, answer: str, start: int, expected: int, kind: IssueKind, message: str
) -> None:
    loaded = load([write([pair(context=context, answer=answer, answer_start=start)])])
    assert message in only_issue(loaded, kind, IssueEffect.REPAIRED)
    assert loaded.pairs[0].answers == (Gold(answer, expected),)


def test_a_start_is_repaired_by_the_shift_of_the_others(write: Write) -> None:
    path = write([pair(answer_start=18), pair(question="Who wrote?", answer="Anna Holm", answer_start=56)])
    loaded = load([path])
    assert [each.answers[0].start for each in loaded.pairs] == [38, 76]
    assert "other starts in this context are shifted by as much" in str(loaded.report.issues[1])


@pytest.mark.parametrize(
    ("context", "answer", "found"),
    [
        (CONTEXT, "anna holm KEPT", "Anna Holm kept"),
        ("It was Anna\n  Holm.", "Anna Holm", "Anna\n  Holm"),
        ("the cafe\u0301 there", "café", "cafe\u0301"),
        ("the café there", "cafe\u0301", "café"),
        ("the “old” light", '"old" light', "“old” light"),
        ("the o\ufb03ce is open", "office", "o\ufb03ce"),
        ("infor-\nmation is here", "information", "infor-\nmation"),
        ("a long-\nterm plan", "long-term", "long-\nterm"),
        ("in 1911–12 there", "1911-12", "1911–12"),
    ],
)
def test_an_answer_with_other_characters_takes_those_of_the_context(
    write: Write, context: str, answer: str, found: str
) -> None:
    loaded = load([write([pair(context=context, answer=answer)])])
    assert "in the context (the context's text is used)" in only_issue(
        loaded, IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED
    )
    assert loaded.pairs[0].answers == (Gold(found, context.index(found)),)


def test_an_answer_is_not_found_inside_a_word(write: Write) -> None:
    loaded = load([write([pair(context="The party. Art is long.", answer="art")])])
    assert loaded.pairs[0].answers == (Gold("Art", 11),)
    loaded = load([write([pair(context="The party. Art is long.", answer="art", answer_start=4)])])
    assert loaded.pairs[0].answers == (Gold("art", 5),)
    loaded = load([write([pair(context="灯台は1858年にスカーゲンに建てられた。", answer="スカーゲン")])])
    assert loaded.pairs[0].answers == (Gold("スカーゲン", 9),)


def test_a_correct_start_is_kept_if_the_case_differs(write: Write) -> None:
    loaded = load([write([pair(answer="ANNA HOLM", answer_start=76)])])
    only_issue(loaded, IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED)
    assert loaded.pairs[0].answers == (Gold("Anna Holm", 76),)


def test_the_occurrence_most_like_the_question_is_used(write: Write) -> None:
    context = "In 1900 the mill burned." + " Nothing else of note happened then." * 12 + " The school opened in 1900."
    loaded = load([write([pair(question="When was the school opened?", context=context, answer="1900")])])
    assert "'1900' occurs 2 times" in only_issue(loaded, IssueKind.SEVERAL_PLACES, IssueEffect.WARNING)
    assert loaded.pairs[0].answers[0].start == context.rindex("1900")


def test_an_overlapping_answer_uses_the_same_occurrence(write: Write) -> None:
    loaded = load([write([pair(question="Who?", answer=["Anna Holm wrote", "Anna Holm"])])])
    assert [gold.start for gold in loaded.pairs[0].answers] == [76, 76]
    assert not loaded.report.issues


def test_unusable_accepted_answers_are_left_out(write: Write) -> None:
    loaded = load([write([pair(answer=["1858", "the year of the comet"])])])
    assert "its other answers are kept" in only_issue(loaded, IssueKind.NOT_IN_CONTEXT, IssueEffect.WARNING)
    loaded = load([write([pair(answer=["1858", ""])])])
    assert "1 of 2 accepted answers is empty" in only_issue(loaded, IssueKind.EMPTY_ANSWER, IssueEffect.WARNING)
    assert asked(loaded) == [("When was it built?", ("1858",))]


# Duplicate questions


def test_a_duplicate_is_merged(write: Write) -> None:
    loaded = load([write([pair(), pair(question="when was  it built?")])])
    assert "[1]: 'when was  it built?' is already at [0], with the same answer" in only_issue(
        loaded, IssueKind.DUPLICATE, IssueEffect.MERGED
    )
    assert not loaded.report.dropped


def test_a_duplicate_in_another_file_is_reported_with_that_file(write: Write) -> None:
    first, second = write([pair()], "a.json"), write([pair()], "b.json")
    assert f"is already at {first}, [0]" in str(load([first, second]).report.issues[0])


def test_overlapping_answers_are_both_accepted(write: Write) -> None:
    loaded = load([write([pair(answer="in 1858"), pair(), pair(question="Where?", answer="Skagen"), pair()])])
    assert asked(loaded)[0] == ("When was it built?", ("in 1858", "1858"))
    assert loaded.report.merged == 2


def test_answers_that_do_not_overlap_are_a_contradiction(write: Write) -> None:
    loaded = load([write([pair(), pair(answer="31 years")])])
    text = only_issue(loaded, IssueKind.CONTRADICTION, IssueEffect.MERGED)
    assert "answered by '1858' at [0], and by '31 years' here, which do not overlap" in text
    assert loaded.pairs[0].answers == (Gold("1858", 38), Gold("31 years", 66))


@pytest.mark.parametrize("order", [[0, 1], [1, 0]])
def test_an_answer_outweighs_no_answer(write: Write, order: list[int]) -> None:
    records = [pair(id="with"), pair(id="without", answer=None)]
    loaded = load([write([records[i] for i in order])])
    text = only_issue(loaded, IssueKind.CONTRADICTION, IssueEffect.DROPPED)
    assert f"[{order.index(1)}]: 'When was it built?' has no answer here, but '1858' at [{order.index(0)}]" in text
    assert [(each.id, each.location) for each in loaded.pairs] == [("with", f"[{order.index(0)}]")]
    assert (loaded.report.answerable, loaded.report.unanswerable) == (1, 0)
    assert "is already at" in str(load([write([records[i] for i in [*order, 0]])]).report.issues[1])


def test_without_merging_all_are_kept(write: Write) -> None:
    path = write([pair(), pair(), pair(answer=None), pair(answer="31 years")])
    loaded = load([path], merge=False)
    assert len(loaded.pairs) == loaded.report.pairs == loaded.report.read == 4
    assert loaded.report.count(IssueEffect.WARNING) == 3
    assert "both are kept" in loaded.report.as_text()


def test_a_duplicate_id_is_reported(write: Write) -> None:
    loaded = load([write([pair(id="x"), pair(id="x", question="Where?", answer="Skagen")])])
    assert "[1]: another pair has the id 'x'" in only_issue(loaded, IssueKind.SAME_ID, IssueEffect.WARNING)


# Pairs that name a document


def test_an_answer_in_a_document_may_span_lines(tmp_path: Path, write: Write) -> None:
    (tmp_path / "journal.txt").write_text("The keeper was Anna\nHolm, of Skagen.\n", encoding="utf-8")
    loaded = load([write([{"question": "Who was the keeper?", "answer": "Anna Holm", "document": "journal.txt"}])])
    only = loaded.pairs[0]
    assert only.answers == (Gold("Anna\nHolm", 15),)
    assert only.document == str(tmp_path / "journal.txt")
    assert only.context == loaded.documents[only.document].text
    assert not loaded.report.issues


def sample(**fields: object) -> dict[str, object]:
    document = str(SAMPLES.resolve() / "harbour-report.pdf")
    return {"question": "Who compiled the report?", "answer": "Amara Linnell", "document": document} | fields


def test_a_wrong_page_is_repaired_if_there_is_one_occurrence(write: Write) -> None:
    loaded = load([write([sample(answer="Sallow Estuary Harbour Act of 1868", page=3)])])
    text = only_issue(loaded, IssueKind.WRONG_PAGE, IssueEffect.REPAIRED)
    assert re.search(r"is not on page 3 \(of 18\) of .*harbour-report.pdf, but on page 5", text)
    assert loaded.pairs[0].page == 5


@pytest.mark.parametrize("page", [0, 7, 99])
def test_a_wrong_page_with_several_occurrences_is_dropped(write: Write, page: int) -> None:
    text = only_issue(
        load([write([sample(answer="shore power", page=page)])]), IssueKind.WRONG_PAGE, IssueEffect.DROPPED
    )
    assert re.search(rf"not on page {page} \(of 18\) of .*, but at \d+ other places", text)


def test_a_page_is_ignored_if_the_document_has_none(tmp_path: Path, write: Write) -> None:
    (tmp_path / "a.md").write_text(CONTEXT, encoding="utf-8")
    loaded = load([write([pair(context=..., document="a.md", page=2)])])
    assert "`page` is 2, but" in only_issue(loaded, IssueKind.WRONG_PAGE, IssueEffect.WARNING)
    assert loaded.pairs[0].page is None


def test_an_answer_that_is_not_in_its_document(tmp_path: Path, write: Write) -> None:
    (tmp_path / "a.md").write_text(CONTEXT, encoding="utf-8")
    loaded = load([write([pair(context=..., document="a.md", answer="1859")])])
    assert re.search(
        r"the answer '1859' is not in .*a\.md",
        only_issue(loaded, IssueKind.NOT_IN_DOCUMENT, IssueEffect.DROPPED),
    )


def test_the_text_of_the_document_is_used(tmp_path: Path, write: Write) -> None:
    (tmp_path / "a.md").write_text(CONTEXT, encoding="utf-8")
    loaded = load([write([pair(context=..., document="a.md", answer="BUILT IN 1858")])])
    assert "is written 'built in 1858' in" in only_issue(loaded, IssueKind.TEXT_DIFFERS, IssueEffect.REPAIRED)
    assert loaded.pairs[0].answers[0].text == "built in 1858"


def test_an_unreadable_document_drops_its_pairs(tmp_path: Path, write: Write) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    names = ["empty.pdf", "folder", "none.txt", "none.txt", "-", "a\0b", CONTEXT * 50]
    records = [pair(context=..., document=name) for name in names]
    report = load([write(records)]).report
    assert report.counts == {(IssueKind.UNREADABLE_DOCUMENT, IssueEffect.DROPPED): 7}
    assert "is not a path" in str(report.issues[-1])
    assert "relative to the folder of the pairs" in report.as_text()


# The report, progress, and invariants


def test_the_report_is_short_and_complete(write: Write) -> None:
    report = check([write([pair(question=f"{i}?", answer="no such answer") for i in range(50)] + [pair()])])
    assert (report.read, report.pairs, report.dropped, report.contexts) == (51, 1, 50, 1)
    assert len(report.issues) == 10
    text = report.as_text()
    assert text.splitlines()[:2] == ["1 pair on 1 context: 1 answerable, 0 unanswerable", "of 51 read: 50 dropped"]
    assert "dropped, answer not in context: 50" in text
    assert text.endswith("and 47 more")
    whole = json.loads(json.dumps(report.as_dict()))
    assert whole["kinds"] == {"answer-not-in-context": {"dropped": 50}}
    assert whole["problems"][0]["place"] == "[0]"
    assert (whole["read"], whole["dropped"]) == (51, 50)


def test_check_and_load_give_the_same_report(write: Write) -> None:
    path = write([pair(), pair(), pair(answer=None), pair(answer="31 years"), pair(answer="x"), pair(question="")])
    assert check([path]).as_dict() == load([path]).report.as_dict()


def test_contexts_shared_with_the_test_are_reported(write: Write) -> None:
    other = pair(question="Who?", context="Another text.", answer=None)
    train = write([other, pair(), pair(question="Who?", answer=None)], "train.json")
    test = write([pair(question="Where?", context=CONTEXT.upper(), answer="SKAGEN")], "test.json")
    report = check([train], against=[test])
    assert (report.read, report.pairs) == (3, 3)
    assert [str(each) for each in report.issues] == [
        f"{train}, [1]: this context is also in {test}, [0] "
        "(remove it from one of them: a test must not contain training data)"
    ]
    assert report.issues[0].kind is IssueKind.SHARED_CONTEXT
    assert not check([train], against=[train]).dropped
    assert check([train], against=[train]).counts == {(IssueKind.SHARED_CONTEXT, IssueEffect.WARNING): 2}


def test_loading_reports_progress_and_can_be_cancelled(write: Write) -> None:
    path = write([pair(question=f"{i}?") for i in range(2_000)])
    reports: list[Progress] = []
    load([path], Monitor(reports.append))
    assert {each.stage for each in reports} == {"reading pairs"}
    assert reports[-1].done == reports[-1].total == path.stat().st_size
    monitor = Monitor()
    monitor.cancel.set()
    with pytest.raises(Cancelled):
        load([path], monitor)


def test_lone_surrogates_are_replaced(write: Write) -> None:
    path = write(json.dumps(pair(context="a \ud83d b", answer="b", id="\ud83d")) + "\n", "a.jsonl")
    assert load([path]).pairs[0].answers == (Gold("b", 4),)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 80) | st.text(max_size=8) | st.sampled_from(["Anna Holm", "1858", "É"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "answer_start"]), inner, max_size=2)
    ),
    max_leaves=5,
)
CONTEXTS = st.one_of(
    st.just(CONTEXT),
    st.text(st.sampled_from("ab Ａé\u0301ß\n-🗼ﬁ"), min_size=1, max_size=40),
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"question": st.sampled_from(["Who?", "When?", ""])},
            optional={
                "context": CONTEXTS,
                "answer": ANYTHING,
                "answers": ANYTHING,
                "answer_start": ANYTHING,
                "is_impossible": ANYTHING,
                "id": ANYTHING,
                "page": ANYTHING,
            },
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
@example([{"question": "a", "context": "ﬁ́n", "answer": "fi"}], True)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_for_any_input_the_counts_add_up_and_answers_are_at_their_starts(
    tmp_path: Path, items: list[dict[str, Any]], merge: bool
) -> None:
    path = tmp_path / "pairs.json"
    path.write_text(json.dumps(items), encoding="utf-8")
    loaded = load([path], merge=merge)
    report = loaded.report
    assert report.read == len(items) == report.pairs + report.dropped + report.merged
    assert len(loaded.pairs) == report.pairs
    assert report.answerable == sum(bool(each.answers) for each in loaded.pairs)
    assert report.contexts >= len({each.context for each in loaded.pairs})
    for each in loaded.pairs:
        assert each.context is not None
        for gold in each.answers:
            assert gold.text.strip() == gold.text != ""
            assert each.context[gold.start : gold.start + len(gold.text)] == gold.text
    assert check([path], merge=merge).as_dict() == report.as_dict()


@given(CONTEXTS, st.data())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_verbatim_answer_at_its_start_is_kept(tmp_path: Path, context: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(context) - 1))
    end = data.draw(st.integers(start + 1, len(context)))
    answer = context[start:end]
    if not answer.strip():
        return
    path = tmp_path / "pairs.json"
    path.write_text(json.dumps([pair(context=context, answer=answer, answer_start=start)]), encoding="utf-8")
    loaded = load([path])
    lead = len(answer) - len(answer.lstrip())
    assert loaded.pairs[0].answers == (Gold(answer.strip(), start + lead),)
    assert not loaded.report.issues


def test_an_answer_copied_from_a_markdown_file_is_found_in_what_a_reader_sees(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Git\n\nWork on the `main` **branch**, [they](x.md) say.\n", encoding="utf-8")
    pairs = [{"question": "Where?", "answer": "the `main` **branch**", "document": "a.md"}]
    (tmp_path / "pairs.json").write_text(json.dumps(pairs), encoding="utf-8")
    (pair,) = load([tmp_path / "pairs.json"]).pairs
    assert pair.answers == (Gold("the main branch", 13),)
