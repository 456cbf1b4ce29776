"""`docqa questions`: sets of questions are kept, asked again, and nothing of them is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCQA = Path(sys.executable).with_name("docqa")
REVIEW = "\ufeff# What we ask of every lease\n\nWho is the tenant?  \nWhat is   the rent?\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "mill.txt").write_text("The tenant is Anna Holm. The rent is 900 euros a month.\n", encoding="utf-8")
    (tmp_path / "review.txt").write_text(REVIEW, encoding="utf-8")
    return tmp_path


def docqa(folder: Path, *words: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCQA_HOME": str(folder / "home")}
    return subprocess.run(
        [DOCQA, *words],
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env=environment,
    )


def test_a_set_is_saved_listed_shown_asked_and_removed(folder: Path) -> None:
    empty = docqa(folder, "questions")
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "no question sets yet" in empty.stderr
    saved = docqa(folder, "questions", "save", "lease review", "review.txt")
    assert (saved.returncode, saved.stderr) == (
        0,
        "2 questions saved; docqa ask --questions '@lease review' PATH... asks them\n",
    )
    saved = docqa(folder, "questions", "save", "one", "-", typed="Who?")
    assert (saved.returncode, saved.stderr) == (
        0,
        "1 question saved; docqa ask --questions @one PATH... asks them\n",
    )
    assert docqa(folder, "questions", "list").stdout == "lease review  2 questions\none           1 question\n"
    # With its comments, as a person has written it.
    assert docqa(folder, "questions", "show", "lease review").stdout == REVIEW.removeprefix("\ufeff")
    asked = docqa(folder, "ask", "--questions", "@lease review", "mill.txt", "-o", "--top", "1")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.startswith("Anna Holm\n900 euros")
    assert docqa(folder, "questions", "remove", "@one").returncode == 0
    assert docqa(folder, "questions").stdout == "lease review  2 questions\n"


def test_a_set_is_a_private_file_that_a_person_can_edit(folder: Path) -> None:
    docqa(folder, "questions", "save", "review", "review.txt")
    file = folder / "home" / "data" / "questions" / "review.txt"
    assert file.stat().st_mode & 0o077 == 0
    with file.open("a", encoding="utf-8") as opened:
        opened.write("When does the lease end?")
    assert docqa(folder, "questions").stdout == "review  3 questions\n"


def test_no_set_is_replaced_unasked_and_no_name_leads_out_of_the_folder(folder: Path) -> None:
    docqa(folder, "questions", "save", "review", "review.txt")
    again = docqa(folder, "questions", "save", "review", "-", typed="Who?\n")
    assert again.returncode == 2
    assert "there is already a question set 'review'" in again.stderr
    assert "-f replaces it" in again.stderr
    assert docqa(folder, "questions", "save", "-f", "review", "-", typed="Who?\n").returncode == 0
    assert docqa(folder, "questions", "show", "review").stdout == "Who?\n"
    for name in ("../review", ".hidden", "a/b", "", "x\x1b[31m", "con"):
        refused = docqa(folder, "questions", "save", "--", name, "review.txt")
        assert refused.returncode == 2
        assert "can't be the name of a question set" in refused.stderr
        assert "\x1b" not in refused.stderr
    assert [each.name for each in (folder / "home" / "data").rglob("*.txt")] == ["review.txt"]
    nothing = docqa(folder, "questions", "save", "empty", "-", typed="# only a comment\n")
    assert "there are no questions to save" in nothing.stderr


def test_a_set_that_does_not_exist_is_an_error_that_says_what_may_be_meant(folder: Path) -> None:
    docqa(folder, "questions", "save", "review", "review.txt")
    for words in (["questions", "show", "reveiw"], ["ask", "--questions", "@reveiw", "mill.txt"]):
        done = docqa(folder, *words)
        assert done.returncode == 2
        assert "there is no question set 'reveiw'" in done.stderr
        assert "did you mean review?" in done.stderr


def test_purge_keeps_the_sets_unless_they_are_named(folder: Path) -> None:
    docqa(folder, "questions", "save", "review", "review.txt")
    shown = docqa(folder, "purge", "--yes")
    assert "kept: 1 question set, 0.1 kB (--questions)" in shown.stdout
    assert docqa(folder, "questions").stdout == "review  2 questions\n"
    assert "deleted" in docqa(folder, "purge", "--questions", "--yes").stdout
    assert not (folder / "home" / "data" / "questions").exists()
