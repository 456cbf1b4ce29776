"""Questions are kept from one session to the next, whatever happens to the file."""

from pathlib import Path

import pytest

from docqa.errors import DocqaError
from docqa.userdata import history


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_questions_come_back_for_the_same_documents(home: Path) -> None:
    history.remember("Who?", ["a.pdf", "b.pdf"])
    history.remember("When?", ["b.pdf", str(home / "a.pdf")])
    history.remember("Where?", ["a.pdf"])
    history.remember("Who?", ["a.pdf", "b.pdf"])
    kept = history.entries()
    assert history.asked_of(["b.pdf", "a.pdf"], kept) == ["When?", "Who?"]
    assert history.asked_of(["a.pdf"], kept) == ["Where?"]
    assert history.questions(["a.pdf"], kept) == ["Where?", "Who?", "When?"]


def test_a_broken_line_costs_only_itself() -> None:
    history.remember("First? «ü»", ["a"])
    with history.file().open("ab") as file:
        file.write(b'{"question": "half\n[1]\n\xff\xfe\n{"question": "no documents"}\n')
    history.remember("Last?", ["a"])
    assert history.asked_of(["a"], history.entries()) == ["First? «ü»", "Last?"]


def test_nothing_kept_is_no_error() -> None:
    assert history.entries() == []


def test_a_question_that_can_t_be_kept_says_so(home: Path) -> None:
    (home / "home").write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match=r"can't be kept in .*history\.jsonl") as caught:
        history.remember("Who?", ["a"])
    assert "answers all the same" in caught.value.hint


def test_a_question_with_half_a_surrogate_is_kept() -> None:
    history.remember("Who \udc80?", ["a"])
    assert len(history.entries()) == 1


def test_what_was_opened_is_recent_once_the_newest_first_whether_asked_or_not(home: Path) -> None:
    history.remember("Who?", ["old.pdf", "older.pdf"])  # By a docqa that did not say what it opened.
    history.remember_opened(["contracts"])
    history.remember("When?", ["contracts/a.pdf", "contracts/b.pdf"])
    history.remember_opened(["a.pdf"])
    history.remember_opened(["contracts"])
    assert [one.paths for one in history.recent()] == [
        (str(home / "contracts"),),
        (str(home / "a.pdf"),),
        (str(home / "old.pdf"), str(home / "older.pdf")),
    ]
    assert history.asked_of(["contracts/a.pdf", "contracts/b.pdf"], history.entries()) == ["When?"]


def test_a_broken_line_of_what_was_opened_costs_only_itself(home: Path) -> None:
    history.remember_opened(["a.pdf"])
    with history.file().open("ab") as file:
        file.write(b'{"opened": 3, "at": ""}\n{"opened": ["b.pdf"]}\n[]\n{"opened": ["ha')
    assert [one.paths for one in history.recent()] == [(str(home / "a.pdf"),)]
    assert history.entries() == []
