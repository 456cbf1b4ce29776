"""The history survives damage to its file."""

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
    entries = history.entries()
    assert history.questions_about(["b.pdf", "a.pdf"], entries) == ["When?", "Who?"]
    assert history.questions_about(["a.pdf"], entries) == ["Where?"]
    assert history.questions(["a.pdf"], entries) == ["Where?", "Who?", "When?"]


def test_a_damaged_line_is_skipped() -> None:
    history.remember("First? «ü»", ["a"])
    with history.file().open("ab") as file:
        file.write(b'{"question": "half\n[1]\n\xff\xfe\n{"question": "no documents"}\n')
    history.remember("Last?", ["a"])
    assert history.questions_about(["a"], history.entries()) == ["First? «ü»", "Last?"]


def test_a_missing_file_is_an_empty_history() -> None:
    assert history.entries() == []


def test_a_history_that_can_t_be_written_is_an_error(home: Path) -> None:
    (home / "home").write_text("a file where the folder should be")
    with pytest.raises(DocqaError, match=r"can't save the history in .*history\.jsonl") as caught:
        history.remember("Who?", ["a"])
    assert "questions are still answered" in caught.value.hint


def test_a_question_with_a_lone_surrogate_is_saved() -> None:
    history.remember("Who \udc80?", ["a"])
    assert len(history.entries()) == 1


def test_recent_documents_are_listed_once_newest_first(home: Path) -> None:
    history.remember("Who?", ["old.pdf", "older.pdf"])  # Without an entry for the opened documents.
    history.remember_opened(["contracts"])
    history.remember("When?", ["contracts/a.pdf", "contracts/b.pdf"])
    history.remember_opened(["a.pdf"])
    history.remember_opened(["contracts"])
    assert [each.paths for each in history.recent()] == [
        (str(home / "contracts"),),
        (str(home / "a.pdf"),),
        (str(home / "old.pdf"), str(home / "older.pdf")),
    ]
    assert history.questions_about(["contracts/a.pdf", "contracts/b.pdf"], history.entries()) == ["When?"]


def test_a_damaged_line_of_opened_documents_is_skipped(home: Path) -> None:
    history.remember_opened(["a.pdf"])
    with history.file().open("ab") as file:
        file.write(b'{"opened": 3, "at": ""}\n{"opened": ["b.pdf"]}\n[]\n{"opened": ["ha')
    assert [each.paths for each in history.recent()] == [(str(home / "a.pdf"),)]
    assert history.entries() == []
