"""What a person taught is kept, once for each question, in a form that training takes."""

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
    assert corrections.keep([corrections.right("Who kept it?", book, at, at + 9)]) == 1
    assert corrections.keep([corrections.unanswered("Who built it?", book, at, at + 9)]) == 2
    loaded = datasets.load([corrections.file()])
    assert [(pair.question, [gold.text for gold in pair.answers]) for pair in loaded.pairs] == [
        ("Who kept it?", ["Anna Holm"]),
        ("Who built it?", []),
    ]
    assert {pair.document for pair in loaded.pairs} == {str(home / "book.txt")}
    assert (loaded.report.repaired, loaded.report.dropped) == (0, 0)


def test_the_second_correction_of_a_question_takes_the_place_of_the_first(home: Path) -> None:
    book, other = document(TEXT.replace("Line 199", "Line\u2028199")), document(name="other.txt")
    at = book.text.index("Anna")
    corrections.keep([corrections.right("Who?", book, at, at + 4), corrections.right("Who?", other, at, at + 4)])
    assert corrections.keep([corrections.right("Who?", document(name=str(home / "book.txt")), at, at + 9)]) == 2
    assert [one.answer for one in corrections.kept()] == ["Anna", "Anna Holm"]


@given(st.text("ab \n", min_size=1, max_size=4000), st.data())
def test_the_answer_stands_in_its_context_where_it_says(text: str, data: st.DataObject) -> None:
    book = document(text)
    start = data.draw(st.integers(0, len(book.text)))
    end = data.draw(st.integers(start, len(book.text)))
    one = corrections.right("?", book, start, end)
    assert one.answer is not None
    assert one.answer_start is not None
    assert one.context[one.answer_start :][: len(one.answer)] == book.text[start:end]


def test_what_is_right_in_one_document_is_right_in_none_of_the_others_asked() -> None:
    book, other = document(), document(name="other.txt")
    corrections.keep([corrections.right("Who?", other, 0, 4)], ["book.txt", "other.txt"])
    assert corrections.keep([corrections.right("Who?", book, 0, 4)], ["book.txt", "other.txt"]) == 1


def test_what_was_said_of_a_question_is_taken_back_and_nothing_else() -> None:
    book = document()
    corrections.keep([corrections.right("Who?", book, 0, 4)])
    corrections.keep([corrections.right("When?", book, 0, 4)])
    assert corrections.forget("Who?", ["other.txt"]) == 2
    assert corrections.forget("Who?", ["other.txt", "book.txt"]) == 1
    assert [one.question for one in corrections.kept()] == ["When?"]


def test_contexts_are_the_same_or_have_nothing_in_common() -> None:
    book = document("\n".join(f"Line {number} of the lighthouse's book." for number in range(500)))
    starts = [match.start() for match in re.finditer("Line", book.text)]
    contexts = dict.fromkeys(corrections.right("?", book, start, start + 9).context for start in starts)
    assert 5 < len(contexts) < 20
    assert "".join(contexts) == book.text[: book.body_end]


def test_two_at_once_lose_nothing() -> None:
    book = document()
    questions = [f"Who {number}?" for number in range(20)]
    threads = [
        threading.Thread(target=corrections.keep, args=([corrections.right(question, book, 0, 4)],))
        for question in questions
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.question for one in corrections.kept()) == sorted(questions)


def test_a_line_edited_by_hand_is_neither_lost_nor_passed_over() -> None:
    corrections.keep([corrections.right("Who?", document(), 0, 4)])
    with corrections.file().open("a") as opened:
        opened.write("{half\n")
    before = corrections.file().read_text()
    with pytest.raises(DocqaError, match=r"corrections\.jsonl, line 2: this is no correction"):
        corrections.keep([corrections.right("When?", document(), 0, 4)])
    assert corrections.file().read_text() == before


def test_what_can_t_be_kept_says_so(home: Path) -> None:
    (home / "home").write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match=r"can't be kept in .*corrections\.jsonl"):
        corrections.keep([corrections.right("Who?", document(), 0, 4)])


def test_nothing_of_an_encrypted_document_is_kept() -> None:
    secret = replace(document(), encrypted=True)
    for correct in (corrections.right, corrections.unanswered):
        with pytest.raises(DocqaError, match=r"book\.txt is encrypted"):
            correct("Who?", secret, 0, 4)
