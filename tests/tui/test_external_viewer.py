"""The external viewer can be configured, and its errors are shown."""

import shlex
import sys
from pathlib import Path

import pytest

from docqa.errors import DocqaError
from docqa.tui import external_viewer

PYTHON = shlex.quote(sys.executable)


@pytest.fixture
def report(tmp_path: Path) -> str:
    file = tmp_path / "a report.pdf"
    file.touch()
    return str(file)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (f"{PYTHON} -c 'raise SystemExit(3)'", r"could not open .*a report\.pdf \(exit code 3\)"),
        ("no-such-viewer {file}", "can't start no-such-viewer: No such file"),
        ("okular {page", "invalid viewer"),
        ("okular {pages}", "invalid viewer"),
        ("okular 'half", "invalid viewer"),
    ],
)
def test_a_viewer_that_does_not_open_is_told(report: str, wanted: str, message: str) -> None:
    with pytest.raises(DocqaError, match=message) as error:
        external_viewer.show(report, 2, wanted)
    assert "{page}" in error.value.hint


def test_without_a_screen_there_is_no_viewer(report: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(DocqaError, match="no display"):
        external_viewer.show(report, 2)


@pytest.mark.parametrize(("name", "opened"), [("a.pdf", "okular --page 4"), ("a.md", "xdg-open")])
def test_the_desktop_s_own_viewer_is_told_the_page(
    name: str, opened: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = tmp_path / "seen"
    (tmp_path / name).touch()
    programs = {"xdg-mime": "echo org.kde.okular.desktop"}
    programs |= {each: f'echo {each} "$@" > {shlex.quote(str(seen))}' for each in ("okular", "xdg-open")}
    for each, script in programs.items():
        (tmp_path / each).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / each).chmod(0o755)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    external_viewer.show(str(tmp_path / name), 4)
    assert seen.read_text() == f"{opened} {tmp_path / name}\n"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a report, é.PDF", "application/pdf"),
        ("notes.md", "text/plain; charset=utf-8"),
        ("page.html", "text/plain; charset=utf-8"),
    ],
)
def test_a_browser_is_given_the_file_as_what_can_do_no_harm(name: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"<script>")
    opened, called, given = external_viewer.to_deliver(str(tmp_path / name))
    with opened:
        assert opened.read() == b"<script>"
    assert given == kind
    assert called.isascii() and " " not in called and called.endswith(Path(name).suffix)


def test_a_file_that_is_gone_can_not_be_given_to_a_browser(tmp_path: Path) -> None:
    with pytest.raises(DocqaError, match=r"can't read .*gone\.pdf: No such file"):
        external_viewer.to_deliver(str(tmp_path / "gone.pdf"))
