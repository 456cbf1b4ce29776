"""Pasted text is treated as paths only if all of them exist."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docqa.tui.state import dropped_paths

NAMES = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: name not in {".", ".."}
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))


def escaped(path: str) -> str:
    """Quote a path like terminals on macOS."""
    return "".join(c if c.isalnum() or c in "/._-" else f"\\{c}" for c in path)


@given(st.lists(PATHS, min_size=1, max_size=4), st.sampled_from([" ", "\n", "\r\n", "  "]), st.booleans())
def test_quoted_paths_are_read_back(paths: list[str], between: str, trailing: bool) -> None:
    text = between.join(map(shlex.quote, paths)) + (" " if trailing else "")
    assert paths in list(dropped_paths.parse_paths(text))


@given(st.lists(PATHS.filter(lambda path: "\n" not in path), min_size=1, max_size=4))
def test_paths_with_backslashes_before_what_is_special_are_read_back(paths: list[str]) -> None:
    assert paths in list(dropped_paths.parse_paths(" ".join(map(escaped, paths))))


@given(st.lists(PATHS, min_size=1, max_size=4), st.sampled_from([" ", "\n", "\r\n"]))
def test_file_addresses_are_read_back(paths: list[str], between: str) -> None:
    assert paths in list(dropped_paths.parse_paths(between.join(Path(path).as_uri() for path in paths)))


@given(st.lists(PATHS.filter(lambda path: path == path.strip() and not set("\r\n") & set(path)), min_size=1))
def test_bare_paths_on_lines_of_their_own_are_read_back(paths: list[str]) -> None:
    assert paths in list(dropped_paths.parse_paths("\n".join(paths)))


@given(st.text())
def test_any_other_text_is_no_path_and_no_error(text: str) -> None:
    assert dropped_paths.existing_paths(f"What does {text} mean?") == []
    assert all(isinstance(path, str) for paths in dropped_paths.parse_paths(text) for path in paths)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "my files").mkdir()
    for name in ("a.txt", "it's.md", "my files/b c.pdf", "word"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("{}/a.txt", ["a.txt"]),
        (" {}/a.txt \n", ["a.txt"]),
        ("{}/my files/b c.pdf", ["my files/b c.pdf"]),
        ("{}/my\\ files/b\\ c.pdf {}/a.txt", ["my files/b c.pdf", "a.txt"]),
        ("'{}/my files' \"{}/it's.md\"", ["my files", "it's.md"]),
        ("file://{}/my%20files/b%20c.pdf\r\nfile://localhost{}/a.txt\r\n", ["my files/b c.pdf", "a.txt"]),
        ("{}/it's.md\n{}/my files/b c.pdf", ["it's.md", "my files/b c.pdf"]),
        ("~/a.txt", ["a.txt"]),
    ],
)
def test_what_terminals_paste(folder: Path, text: str, names: list[str]) -> None:
    found = dropped_paths.existing_paths(text.replace("{}", str(folder)))
    assert found == [str(folder / name) for name in names]


@pytest.mark.parametrize(
    "text",
    ["", " ", "word", "{}/a.txt and more", "{}/a.txt {}/missing.txt", "{}/missing", "Who is a.txt?", "/" + "x" * 300],
)
def test_what_is_text(folder: Path, text: str) -> None:
    assert dropped_paths.existing_paths(text.replace("{}", str(folder))) == []


def test_a_relative_path_is_one_too(folder: Path) -> None:
    assert dropped_paths.existing_paths("a.txt") == ["a.txt"]
    assert dropped_paths.existing_paths("./word") == ["./word"]
