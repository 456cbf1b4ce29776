"""A document opened in the system's viewer, at the page."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from docqa.documents.formats import by_suffix
from docqa.errors import DocqaError

# How those that are the default on a desktop take a page, by a part of their names.
_AT_PAGE = {
    "evince": "evince --page-index={page} {file}",
    "papers": "papers --page-index={page} {file}",
    "okular": "okular --page {page} {file}",
    "zathura": "zathura --page={page} {file}",
    "atril": "atril --page-index={page} {file}",
    "xreader": "xreader --page-index={page} {file}",
    "qpdfview": "qpdfview --unique {file}#{page}",
    "sioyek": "sioyek --page {page} {file}",
    "mupdf": "mupdf {file} {page}",
    "firefox": "firefox {uri}#page={page}",
    "chromium": "chromium {uri}#page={page}",
    "chrome": "google-chrome {uri}#page={page}",
}

_SOON = 1.0  # Seconds in which a command that can't open the file has said so.

_running: list[subprocess.Popen[bytes]] = []
"""The viewers that were started: Python warns of a process that is forgotten while it runs."""


def show(name: str, page: int | None, wanted: str = "") -> None:
    """Open the file `name` at a page (from 1, None where it has none), in a process of its own.

    `wanted` is a command with `{file}`, `{uri}` or `{page}` in it, "" for the system's viewer. Takes a second, to see
    whether it starts. Raises `DocqaError` where there is none, or it doesn't.
    """
    file = Path(name).absolute()
    if not file.is_file():
        raise DocqaError(f"{name} is not there any more", "it was moved or deleted since it was opened")
    if not wanted and sys.platform == "win32":
        os.startfile(file)  # noqa: S606 - what a double click does
        return
    command = _command(file, page or 1, wanted or _default(file))
    hint = 'config.toml can name a viewer: viewer = "okular --page {page} {file}"'
    try:
        # Not in the terminal's session: it stays when the app ends, and what it prints would be on the screen.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise DocqaError(f"{command[0]} can't be started: {error.strerror or error}", hint) from error
    try:
        code = process.wait(_SOON)
    except subprocess.TimeoutExpired:
        _running.append(process)
        return
    if code:
        raise DocqaError(f"{command[0]} could not open {name} (exit code {code})", hint)


def to_deliver(name: str) -> tuple[BinaryIO, str, str]:
    """The file `name`, opened for a browser to show, with a name that fits a header, and its media type.

    The media type is the format's, which is plain text for anything that could run scripts. Raises `DocqaError` if the
    file can't be opened.
    """
    file = Path(name)
    document_format = by_suffix(name)
    kind = document_format.media_type if document_format else "text/plain; charset=utf-8"
    try:
        return file.open("rb"), re.sub(r"[^\w.-]", "_", file.name, flags=re.ASCII), kind
    except OSError as error:
        raise DocqaError(
            f"{name} can't be read any more: {error.strerror or error}", "it was moved or deleted since it was opened"
        ) from error


def _command(file: Path, page: int, template: str) -> list[str]:
    try:
        return [part.format(file=file, uri=file.as_uri(), page=page) for part in shlex.split(template)]
    except (ValueError, KeyError, IndexError) as error:
        raise DocqaError(
            f"the viewer is {template!r}, which can't be understood: {error}",
            'it has to be a command with {file}, {uri} or {page} in it: viewer = "okular --page {page} {file}"',
        ) from error


def _default(file: Path) -> str:
    """What the desktop opens it with; what it opens PDF with is told the page, if it is known how."""
    if sys.platform == "darwin":
        return "open {file}"
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DocqaError("there is no screen to open a viewer on", "over SSH, copy the citation with y instead")
    asked = shutil.which("xdg-mime")
    if asked and file.suffix.lower() == ".pdf":
        try:
            done = subprocess.run(
                [asked, "query", "default", "application/pdf"], capture_output=True, text=True, timeout=5, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return "xdg-open {file}"
        desktop = done.stdout.lower()
        for part, template in _AT_PAGE.items():
            if part in desktop and shutil.which(template.partition(" ")[0]):
                return template
    return "xdg-open {file}"
