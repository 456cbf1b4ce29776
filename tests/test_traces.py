"""`docqa purge`: what is kept of all documents or of some, and that all of it is deleted and nothing else."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from support import tiny_models
from support.samples import PROSE

from docqa import paths
from docqa.array_store import ArrayStore
from docqa.cli import main
from docqa.config import Settings
from docqa.engine import Engine
from docqa.models import registry
from docqa.userdata import corrections, history
from docqa.userdata.corrections import Correction
from docqa.userdata.sessions import SessionFile, SessionQuestion, SessionState


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "documents"
    (made / "old").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "old/c.txt"):
        (made / name).write_text(f"{PROSE} This is {name}.", encoding="utf-8")
    monkeypatch.chdir(made)
    return made


def open_all(settings: Settings, *names: str) -> None:
    engine = Engine(settings, ArrayStore.in_cache("index"))
    assert not engine.open(names).failures


def indexed() -> list[str]:
    """The documents whose text is in the index, by what each says of itself, once for each version."""
    store = ArrayStore.in_cache("index")
    found = []
    for file in (paths.cache_dir() / "index" / "documents").glob("*.npz"):
        entry = store.get("documents", file.stem)
        assert entry is not None
        found.append(entry["text"].tobytes().decode().rpartition("This is ")[2].rstrip())
    return sorted(found)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def purge(*words: object) -> int:
    return main.main(["purge", *map(str, words)])


def remember(question: str, names: Iterable[str]) -> None:
    history.remember_opened(names)
    history.remember(question, names)


def test_one_document_is_forgotten_in_all_its_versions(folder: Path, tiny_settings: Settings) -> None:
    open_all(tiny_settings, "a.txt", "b.txt")
    (folder / "a.txt").write_text(f"{PROSE} This is a.txt, changed.", encoding="utf-8")
    open_all(tiny_settings, "a.txt")
    assert indexed() == ["a.txt, changed.", "a.txt.", "b.txt."]
    (folder / "a.txt").unlink()
    assert purge("a.txt", "--yes") == 0
    assert indexed() == ["b.txt."]
    left = files(paths.cache_dir() / "index")
    assert {file.parent.name for file in left} == {"documents", "windows", "vectors", "names"}
    assert len({file.name.partition("-")[0] for file in left}) == 1


def test_a_copy_is_found_by_its_content(folder: Path, tiny_settings: Settings) -> None:
    open_all(tiny_settings, "a.txt")
    shutil.copy("a.txt", "copy.txt")
    assert purge("copy.txt", "--yes") == 0
    assert indexed() == []


def test_a_folder_is_forgotten_with_what_was_in_it(folder: Path, tiny_settings: Settings) -> None:
    open_all(tiny_settings, ".")
    shutil.rmtree("old")
    assert purge("old", "--yes") == 0
    assert indexed() == ["a.txt.", "b.txt."]


def test_questions_about_a_document_are_forgotten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remember("first?", ["a.txt"])
    remember("second?", ["a.txt", "b.txt"])
    remember("third?", ["b.txt"])
    assert purge("a.txt") == 2  # Without a terminal, it has to be told to.
    out, err = capsys.readouterr()
    assert "4 lines of the history" in out
    assert "add --yes" in err
    assert [entry.question for entry in history.entries()] == ["first?", "second?", "third?"]
    assert purge("a.txt", "-y") == 0
    assert [entry.question for entry in history.entries()] == ["third?"]
    assert str(folder / "a.txt").encode() not in history.file().read_bytes()
    assert [opened.paths for opened in history.recent()] == [(str(folder / "b.txt"),)]


def test_corrections_are_kept_unless_they_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marked = [Correction("Who?", str(folder / name), "It was Anna.", "Anna", 7) for name in ("a.txt", "b.txt")]
    corrections.save(marked)
    assert purge("a.txt", "--yes") == 0
    assert "kept: 1 correction (--corrections)" in capsys.readouterr().out
    assert corrections.load() == marked
    assert purge("a.txt", "--corrections", "--yes") == 0
    assert corrections.load() == marked[1:]


def test_a_session_that_crashed_is_deleted_and_one_that_runs_is_not(folder: Path) -> None:
    running, crashed = SessionFile(), SessionFile()
    for session, name in ((running, "a.txt"), (crashed, "b.txt")):
        session.write(SessionState((name,), (name,), questions=(SessionQuestion(0, "Who?"),)))
    crashed._file_lock.release()  # As the system does when a process ends.
    assert purge("--yes") == 0
    (left,) = (paths.data_dir() / "sessions").glob("*.json")
    assert b"a.txt" in left.read_bytes()
    running.delete()


def test_everything_is_deleted_and_nothing_else(
    folder: Path, tiny_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_all(tiny_settings, ".")
    remember("Who?", ["a.txt"])
    corrections.save([Correction("Who?", str(folder / "a.txt"), "It was Anna.", "Anna", 7)])
    elsewhere = tiny_models.make_reader(tmp_path / "elsewhere", PROSE)
    copy = shutil.copytree(elsewhere, registry.models_dir() / ".partial" / "mine")
    registry.install(copy, "mine", registry.ModelKind.READER)
    (registry.models_dir() / "reader" / "linked").symlink_to(elsewhere)
    paths.config_dir().mkdir(parents=True)
    (paths.config_dir() / "config.toml").write_text("top = 3\n")
    documents, model = files(folder), files(elsewhere)
    assert purge("--all", "--dry-run") == 0
    shown = capsys.readouterr().out
    for text in ("3 documents", "1 question", "1 correction", "2 models: linked, mine", "your settings"):
        assert text in shown
    assert purge("--all", "--yes") == 0
    home = Path(os.environ["DOCQA_HOME"])
    assert list(home.rglob("*")) == []
    assert (files(folder), files(elsewhere)) == (documents, model)
    capsys.readouterr()
    assert purge("--all", "--yes") == 0
    assert capsys.readouterr().out == "nothing to delete\n"


def test_kinds_are_deleted_alone(folder: Path, tiny_settings: Settings) -> None:
    open_all(tiny_settings, "a.txt")
    remember("Who?", ["a.txt"])
    assert purge("--cache", "--yes") == 0
    assert not paths.cache_dir().exists()
    assert len(history.entries()) == 1
    assert purge("--history", "--yes") == 0
    assert history.entries() == []
