"""Open a document in the system's viewer, at a page."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from docqa.errors import DocqaError

if TYPE_CHECKING:
    from textual.app import App

# Commands of common PDF viewers, by a part of the name of their desktop file.
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

_SECRETS = ("DOCQA_PASSWORD", "HF_TOKEN")  # Not for other programs.

_START_TIMEOUT = 1.0  # Seconds in which a viewer that can't open the file has exited.

_running: list[subprocess.Popen[bytes]] = []
"""Viewers that were started: Python warns if a running process is garbage-collected."""


def show(name: str, page: int | None, viewer: str = "") -> None:
    """Open the file `name` in a new process, at a page (from 1; None if it has no pages).

    `viewer` is a command with `{file}`, `{uri}` or `{page}`, "" for the system's viewer. Waits up to a second to see
    whether the viewer starts. Raises `DocqaError` if there is no viewer, or it fails.
    """
    file = Path(name).absolute()
    if not file.is_file():
        raise DocqaError(f"{name} no longer exists", "it was moved or deleted after it was opened")
    if not viewer and sys.platform == "win32":
        os.startfile(file)  # noqa: S606 - what a double click does
        return
    command = _command(file, page or 1, viewer or _default(file))
    hint = 'set a viewer in config.toml: viewer = "okular --page {page} {file}"'
    try:
        # In a session of its own, the viewer outlives the app and can't write to its terminal.
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={name: value for name, value in os.environ.items() if name not in _SECRETS},
        )
    except OSError as error:
        raise DocqaError(f"can't start {command[0]}: {error.strerror or error}", hint) from error
    try:
        code = process.wait(_START_TIMEOUT)
    except subprocess.TimeoutExpired:
        _running.append(process)
        return
    if code:
        raise DocqaError(f"{command[0]} could not open {name} (exit code {code})", hint)


def view(app: "App[None]", name: str, page: int | None, viewer: str = "") -> None:
    """Show a document as `show` does. A browser may be on another machine, so it has to show the file itself."""
    if app.is_web:
        file, save_as, mime_type = to_deliver(name)
        deliver = partial(app.deliver_binary, save_filename=save_as, open_method="browser")
        app.call_from_thread(deliver, file, mime_type=mime_type)
    else:
        show(name, page, viewer)


def to_deliver(name: str) -> tuple[BinaryIO, str, str]:
    """Open the file `name` for a browser; return it with a name that is safe in a header, and its media type.

    The media type is the format's, which is plain text for anything that could run scripts. Raises `DocqaError` if the
    file can't be opened.
    """
    from docqa.documents.formats import by_suffix

    file = Path(name)
    document_format = by_suffix(name)
    kind = document_format.media_type if document_format else "text/plain; charset=utf-8"
    try:
        return file.open("rb"), ascii_name(file.name), kind
    except OSError as error:
        raise DocqaError(
            f"can't read {name}: {error.strerror or error}", "it was moved or deleted after it was opened"
        ) from error


def ascii_name(name: str) -> str:
    """A file's name as it is safe in a header."""
    return re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)


def _command(file: Path, page: int, template: str) -> list[str]:
    try:
        return [part.format(file=file, uri=file.as_uri(), page=page) for part in shlex.split(template)]
    except (ValueError, KeyError, IndexError) as error:
        raise DocqaError(
            f"invalid viewer {template!r}: {error}",
            'it must be a command with {file}, {uri} or {page}: viewer = "okular --page {page} {file}"',
        ) from error


def _default(file: Path) -> str:
    """Return the desktop's command for a file, with the page if it is a PDF and the viewer is a known one."""
    if sys.platform == "darwin":
        return "open {file}"
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DocqaError("there is no display to open a viewer on", "over SSH, copy the citation instead")
    xdg_mime = shutil.which("xdg-mime")
    if xdg_mime and file.suffix.lower() == ".pdf":
        try:
            done = subprocess.run(
                [xdg_mime, "query", "default", "application/pdf"],
                capture_output=True,
                text=True,
                timeout=5,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return "xdg-open {file}"
        desktop = done.stdout.lower()
        for part, template in _AT_PAGE.items():
            if part in desktop and shutil.which(template.partition(" ")[0]):
                return template
    return "xdg-open {file}"
