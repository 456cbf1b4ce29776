"""Corrections are stored once per question, as training pairs."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa import datasets
from docqa.documents import Document, Source
from docqa.documents.plain_text import from_text
from docqa.errors import DocqaError
from docqa.userdata import corrections

TEXT = "\n".join([*(f"Line {number} of the lighthouse's book." for number in range(200)), "Anna Holm kept it."])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def document(text: str = TEXT, name: str = "book.txt") -> Document:
    return from_text(Source(name, b""), "text", text)


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


def test_a_correction_replaces_those_about_the_other_documents_searched() -> None:
    book, other = document(), document(name="other.txt")
    corrections.save([corrections.answered("Who?", other, 0, 4)], ["book.txt", "other.txt"])
    assert corrections.save([corrections.answered("Who?", book, 0, 4)], ["book.txt", "other.txt"]) == 1


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
