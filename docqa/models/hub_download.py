"""Downloading a repository's files: resumed after an interruption, and verified by checksum.

docqa makes these requests itself, because `hf_hub_download` deletes an interrupted download.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from docqa.errors import DocqaError
from docqa.files import make_private_folder
from docqa.models import registry
from docqa.models.hub_connection import http_error, partial_dir
from docqa.progress import Monitor


@dataclass(frozen=True, slots=True)
class RepositoryFile:
    """A file of a repository. `size` (bytes) and the digests (hex) are None if the hub doesn't give them.

    `sha256` is that of a large file, `git_sha1` the object id that git gives any other.
    """

    path: str
    size: int | None
    sha256: str | None
    git_sha1: str | None = None

    @property
    def folder(self) -> str:
        """The folder that it is in, "" at the top."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """Its name without the folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at a commit, the hub that has it, and the monitor of this download."""

    name: str
    commit: str
    files: dict[str, RepositoryFile]
    endpoint: str
    monitor: Monitor

    @property
    def staging(self) -> Path:
        """The folder of its downloaded files: one for each commit, so that another attempt resumes there."""
        return partial_dir() / f"{self.name.replace('/', '--')}@{self.commit}"

    def remove_staging(self) -> None:
        """Delete the downloaded files of all its commits."""
        for folder in partial_dir().glob(f"{self.name.replace('/', '--')}@*"):
            shutil.rmtree(folder, ignore_errors=True)


def download(repository: Repository, files: Sequence[RepositoryFile]) -> None:
    """Download and verify files into the staging folder.

    Raises `DocqaError`, `Cancelled`, or the errors that `hub_connection.readable_errors` translates.
    """
    total = sum(file.size or 0 for file in files)
    present = sum(file.stat().st_size for file in repository.staging.rglob("*") if file.is_file())
    check_space(repository, total - present)
    done = 0
    for file in files:

        def report(received: int, before: int = done) -> None:
            repository.monitor.update("downloading", repository.name, before + received, total)

        fetch(repository, file, report)
        done += file.size or 0
    repository.monitor.update("downloading", repository.name, total, total)


def check_space(repository: Repository, needed: int) -> None:
    """Raise `DocqaError` unless the disk has `needed` bytes left."""
    free = shutil.disk_usage(partial_dir()).free
    if needed > free:
        raise DocqaError(
            f"the disk is full: {repository.name} needs {needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free",
            f"free some space in {registry.models_dir()}, or set DOCQA_HOME to a folder on another disk",
        )


def fetch(repository: Repository, file: RepositoryFile, report: Callable[[int], None]) -> None:
    """Download and verify one file. `report` is called with the bytes received so far. Raises as `download`."""
    target = repository.staging / file.path
    if target.is_file():
        if not _damage(target, file):  # It may have been damaged since it was downloaded.
            report(_size(target))
            return
        target.unlink()
    part = target.with_name(f"{target.name}.part")
    make_private_folder(part.parent)
    _complete(repository, file, part, report)
    damage = _damage(part, file)
    if not damage:
        part.replace(target)
        return
    part.unlink()
    raise DocqaError(f"{file.path} of {repository.name} arrived damaged: {damage}", "run this again")


def _damage(found: Path, file: RepositoryFile) -> str:
    """How a downloaded file differs from what the hub says of it; "" if it doesn't."""
    if file.size is not None and _size(found) != file.size:
        return f"it has {_size(found)} bytes, and the hub says {file.size}"
    if file.sha256 is not None:
        damaged = _digest(found, hashlib.sha256()) != file.sha256
    else:
        # Git's digest of a file: not for secrecy, but a damaged or exchanged file is noticed.
        header = f"blob {_size(found)}\0".encode()
        started = hashlib.sha1(header, usedforsecurity=False)
        damaged = file.git_sha1 is not None and _digest(found, started) != file.git_sha1
    return "its checksum differs from the hub's" if damaged else ""


def _complete(repository: Repository, file: RepositoryFile, part: Path, report: Callable[[int], None]) -> None:
    """Append what `part` lacks. A broken connection is reopened as long as each attempt receives something."""
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(repository.name, file.path, revision=repository.commit, endpoint=repository.endpoint)
    if file.size is None:
        part.unlink(missing_ok=True)  # There is no telling how much of it is missing.
    furthest = start = _size(part)
    while file.size is None or start < file.size:
        try:
            _stream(url, part, start, report)
        except http_error():
            start = _size(part)
            if start <= furthest:
                raise
            furthest = start
        else:
            return


def _stream(url: str, part: Path, start: int, report: Callable[[int], None]) -> None:
    """Append the bytes from `start` on; start over if the server ignores the range and sends everything."""
    from huggingface_hub import constants, get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

    headers = build_hf_headers(library_name="docqa") | {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    with get_session().stream("GET", url, headers=headers, timeout=timeout) as response:
        hf_raise_for_status(response)
        resumed = response.status_code == 206
        part.touch(mode=0o600)
        with part.open("ab" if resumed else "wb") as stream:
            received = start if resumed else 0
            for chunk in response.iter_bytes():
                stream.write(chunk)
                received += len(chunk)
                report(received)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _digest(file: Path, started: "hashlib._Hash") -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, lambda: started).hexdigest()
