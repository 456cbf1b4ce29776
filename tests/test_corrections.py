"""Corrections are stored once per question, as training pairs."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa import datasets
from docqa.answers import Result, answer_at
from docqa.documents import Document, Source
from docqa.documents.plain_text import from_text
from docqa.errors import DocqaError
from docqa.user_marks import corrected, recalled
from docqa.userdata import annotations, corrections

TEXT = "\n".join([*(f"Line {number} of the lighthouse's book." for number in range(200)), "Anna Holm kept it."])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(text: str = TEXT, name: str = "book.txt") -> Document:
    return from_text(Source(name, text.encode()), "text", text)


def test_corrections_are_pairs_that_training_takes(home: Path) -> None:
    book = document()
    at = book.text.index("Anna Holm")
    assert corrections.save([corrections.answered("Who kept it?", book, at, at + 9)]) == 1
    assert corrections.save([corrections.unanswered("Who built it?", book, at, at + 9)]) == 2
    loaded = datasets.load([corrections.file()])
    assert [(pair.question, [gold.text for gold in pair.answers]) for pair in loaded.pairs] == [
        ("Who kept it?", ["Anna Holm"]),
        ("Who built it?", []),
    ]
    assert {pair.document for pair in loaded.pairs} == {str(home / "book.txt")}
    assert (loaded.report.repaired, loaded.report.dropped) == (0, 0)


def test_a_second_correction_of_a_question_replaces_the_first(home: Path) -> None:
    book, other = document(TEXT.replace("Line 199", "Line\u2028199")), document(name="other.txt")
    at = book.text.index("Anna")
    corrections.save([corrections.answered("Who?", book, at, at + 4), corrections.answered("Who?", other, at, at + 4)])
    assert corrections.save([corrections.answered("Who?", document(name=str(home / "book.txt")), at, at + 9)]) == 2
    assert [each.answer for each in corrections.load()] == ["Anna", "Anna Holm"]


@given(st.text("ab \n", min_size=1, max_size=4000), st.data())
def test_the_answer_is_at_its_start_in_the_context(text: str, data: st.DataObject) -> None:
    book = document(text)
    start = data.draw(st.integers(0, len(book.text)))
    end = data.draw(st.integers(start, len(book.text)))
    correction = corrections.answered("?", book, start, end)
    assert correction.answer is not None
    assert correction.answer_start is not None
    assert correction.context[correction.answer_start :][: len(correction.answer)] == book.text[start:end]


def test_an_answer_replaces_that_there_is_none_in_the_other_documents_searched() -> None:
    book, other = document(), document("Another text.", name="other.txt")
    corrections.save([corrections.unanswered("Who?", other, 0, 4)], ["book.txt", "other.txt"])
    assert corrections.save([corrections.answered("Who?", book, 0, 4)], ["book.txt", "other.txt"]) == 1
    assert corrections.save([corrections.answered("Who?", other, 0, 4)], ["book.txt", "other.txt"]) == 2


def test_the_corrections_of_one_question_are_removed() -> None:
    book = document()
    corrections.save([corrections.answered("Who?", book, 0, 4)])
    corrections.save([corrections.answered("When?", book, 0, 4)])
    assert corrections.remove("Who?", ["other.txt"]) == 2
    assert corrections.remove("Who?", ["other.txt", "book.txt"]) == 1
    assert [each.question for each in corrections.load()] == ["When?"]


def test_contexts_are_equal_or_disjoint() -> None:
    book = document("\n".join(f"Line {number} of the lighthouse's book." for number in range(500)))
    starts = [match.start() for match in re.finditer("Line", book.text)]
    contexts = dict.fromkeys(corrections.answered("?", book, start, start + 9).context for start in starts)
    assert 5 < len(contexts) < 20
    assert "".join(contexts) == book.text[: book.body_end]


def test_concurrent_corrections_lose_nothing() -> None:
    book = document()
    questions = [f"Who {number}?" for number in range(20)]
    threads = [
        threading.Thread(target=corrections.save, args=([corrections.answered(question, book, 0, 4)],))
        for question in questions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each.question for each in corrections.load()) == sorted(questions)


def test_an_invalid_line_is_reported_and_kept() -> None:
    corrections.save([corrections.answered("Who?", document(), 0, 4)])
    with corrections.file().open("a") as opened:
        opened.write("{half\n")
    before = corrections.file().read_text()
    with pytest.raises(DocqaError, match=r"corrections\.jsonl, line 2: not a correction"):
        corrections.save([corrections.answered("When?", document(), 0, 4)])
    assert corrections.file().read_text() == before


def test_a_file_that_can_t_be_written_is_an_error(home: Path) -> None:
    (home / "home").write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match=r"can't save the correction in .*corrections\.jsonl"):
        corrections.save([corrections.answered("Who?", document(), 0, 4)])


def test_no_text_of_an_encrypted_document_is_stored() -> None:
    secret = replace(document(), encrypted=True)
    for correct in (corrections.answered, corrections.unanswered):
        with pytest.raises(DocqaError, match=r"book\.txt is encrypted"):
            correct("Who?", secret, 0, 4)


def test_a_question_in_the_same_words_has_several_right_answers_of_which_one_is_taken_back() -> None:
    book = document()
    for at, question in ((0, "Who kept it?"), (8, "who  kept it"), (0, "WHO KEPT IT ?!")):
        corrections.save([corrections.answered(question, book, at, at + 4)], ["book.txt"])
    kept = corrections.load()
    assert [(each.answer, each.question) for each in kept] == [(TEXT[8:12], "who  kept it"), ("Line", "WHO KEPT IT ?!")]
    assert len(datasets.load([corrections.file()]).pairs) == 2, "the pairs of the two wordings"
    assert corrections.remove_answer(kept[0], TEXT) == 1
    assert corrections.save([corrections.unanswered("Who kept it?", book, 0, 4)], ["book.txt"]) == 1
    assert corrections.load()[0].answer is None


def test_what_was_marked_is_first_in_a_copy_and_where_the_document_changed_or_nowhere(home: Path) -> None:
    book = document()
    at = book.text.index("Anna Holm")
    saved = [corrections.answered("Who kept it?", book, at, at + 9)]
    notes = [annotations.annotation("Who kept it?", book, (0, 4), wrong=True, note="No")]
    found = Result("who kept it", True, (answer_at(book, 0, 4), answer_at(book, 5, 6)), (), 1, 1, "", "", 0.0)

    def right(other: Document, result: Result = found) -> list[str]:
        here = replace(result, answers=tuple(replace(one, document=other.name) for one in result.answers))
        applied = recalled(here.question, [other], saved, notes).applied(here)
        assert all(other.text[one.start : one.end] == one.text for one in applied.answers if one.mark.right)
        return [one.text for one in applied.answers if one.mark.right]

    assert right(book) == ["Anna Holm"]
    assert right(replace(book, name="copy.txt")) == ["Anna Holm"], "the content is the same"
    assert right(replace(document(name="copy.txt"), sha256="other")) == []
    longer = replace(document(TEXT.replace("Line 7 of", "A new line.\nLine 7 of")), sha256="other")
    assert right(longer) == ["Anna Holm"]
    assert right(replace(document(TEXT.replace("Anna Holm kept", "Anna Holm sold")), sha256="other")) == []
    marks = recalled(found.question, [book], saved, notes)
    shown = marks.applied(found)
    assert [one.text for one in shown.answers] == ["Anna Holm", found.answers[1].text]
    assert shown.closest[-1].mark.wrong and shown.closest[-1].text == TEXT[:4]
    (only,) = corrected(found, [book], saved, notes, top=1).answers
    assert only.text == "Anna Holm" and not only.estimated
    assert marks.applied_to_best(found.answers)[0].text == "Anna Holm"
