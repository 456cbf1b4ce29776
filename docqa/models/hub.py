"""Pulling models from the hub: the only code of docqa that opens a connection, and only when asked to.

The requests are made here, because `hf_hub_download` deletes what an interrupted download has brought.
"""

import errno
import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docqa.errors import DocqaError
from docqa.models import loading, metadata, registry
from docqa.models.metadata import HubSource
from docqa.models.registry import ALIASES, Model, ModelKind
from docqa.progress import Monitor

_AGAIN = "the same command goes on where this one stopped"
_NAMES = f"names are OWNER/REPOSITORY, or short ones: {', '.join(ALIASES)}"
_TEXTS = ("*.json", "*.txt", "*.model", "README.md", "LICENSE*")
_WEIGHTS = "model.safetensors"
_SHARDS = "model-*-of-*.safetensors"
# The path comes from elsewhere and becomes one here: no "..", no root, no drive, nothing hidden.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a repository. `size` in bytes and `sha256` (hex) are None where the hub does not tell."""

    path: str
    size: int | None
    sha256: str | None

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def leaf(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_weights(self) -> bool:
        return self.leaf == _WEIGHTS or fnmatch(self.leaf, _SHARDS)


@dataclass(frozen=True, slots=True)
class _Repo:
    """A repository at a commit, and how it is reached."""

    name: str
    commit: str
    files: dict[str, _File]
    endpoint: str
    monitor: Monitor

    @property
    def staging(self) -> Path:
        """Where its files are gathered: one folder for one commit, so that a second try goes on there."""
        return _partial_dir() / f"{_safe(self.name)}@{self.commit}"


def _safe(repo_id: str) -> str:
    return repo_id.replace("/", "--")


def _partial_dir() -> Path:
    return registry.models_dir() / ".partial"


def pull(
    repo_or_alias: str,
    *,
    name: str | None = None,
    revision: str | None = None,
    kind: ModelKind | None = None,
    monitor: Monitor,
) -> Model:
    """Download a model from the hub, check it against the hub's checksums and install it.

    `repo_or_alias` is "owner/repository" or a key of `models.ALIASES`; `name` is what it is called here, by
    default the alias or the repository's own. A commit that is installed already is not downloaded again.

    Raises `DocqaError` where the hub or the model is not as needed, `Cancelled` from the monitor. What was
    downloaded by then is kept, and the next call goes on from there.
    """
    alias = ALIASES.get(repo_or_alias)
    repo_id = alias.repo if alias else repo_or_alias
    name = name or (repo_or_alias if alias else repo_id.rpartition("/")[2])
    kind = kind or (alias.kind if alias else None)
    revision = revision or (alias.revision if alias else "main")
    endpoint = _endpoint()
    with _in_words(repo_id, revision, endpoint), _alone(repo_id, monitor), _online():
        _check_names(repo_id, name)
        repo = _look_up(repo_id, revision, endpoint, monitor)
        return _present(repo, name, kind) or _install(repo, name, _kind_of(repo, kind))


def _check_names(repo_id: str, name: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise DocqaError(f"{repo_id!r} cannot be a model on the hub", _NAMES) from error
    registry.check_name(name)


def _present(repo: _Repo, name: str, kind: ModelKind | None) -> Model | None:
    """The model installed as `name`, if it is this commit and whole."""
    for each in [kind] if kind else list(ModelKind):
        folder = registry.models_dir() / each / name
        if folder.exists() and metadata.read(folder).source == HubSource(repo.name, repo.commit):
            try:
                return registry.find(name, each)
            except DocqaError:
                return None  # damaged since; installing it again mends it
    return None


def _install(repo: _Repo, name: str, kind: ModelKind) -> Model:
    folder = registry.models_dir() / kind / name
    installed = metadata.read(folder).source
    if folder.exists() and (installed is None or installed.repo != repo.name):
        raise DocqaError(f"another {kind} is already called {name!r}", "give this one a name: --name NAME")
    _download(repo, _wanted(repo, kind))
    if kind is ModelKind.READER and "tokenizer.json" not in repo.files:
        loading.load_tokenizer(repo.staging).save(str(repo.staging / "tokenizer.json"))
    provenance = HubSource(repo.name, repo.commit)
    metadata.write(repo.staging, replace(metadata.read(repo.staging), source=provenance, kind=kind.value))
    model = registry.install(repo.staging, name, kind)
    for other_commit in _partial_dir().glob(f"{_safe(repo.name)}@*"):
        shutil.rmtree(other_commit, ignore_errors=True)
    return model


# --- what to download ---


def _look_up(repo_id: str, revision: str, endpoint: str, monitor: Monitor) -> _Repo:
    """The repository at the commit that `revision` is now. Raises `DocqaError` if it has no safetensors."""
    from huggingface_hub import HfApi, constants

    monitor.update("looking up", repo_id, 0, 0)
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    api = HfApi(endpoint=endpoint, library_name="docqa")
    try:
        info = api.model_info(repo_id, revision=revision, files_metadata=True, timeout=timeout)
    except (ValueError, KeyError, TypeError) as error:  # not the JSON that the library expects
        raise _not_a_hub(endpoint) from error
    if info.sha is None or not re.fullmatch("[0-9a-f]{40,64}", info.sha):
        raise _not_a_hub(endpoint)
    files = {
        entry.rfilename: _File(entry.rfilename, entry.size, entry.lfs.sha256 if entry.lfs else None)
        for entry in info.siblings or []
        if _PLAIN_PATH.fullmatch(entry.rfilename)
    }
    if not any(file.is_weights for file in files.values()):
        raise DocqaError(
            f"{repo_id} has no weights in safetensors, and docqa loads no others, because pickle runs code",
            "look for another model, or name a branch that has them: --revision",
        )
    return _Repo(repo_id, info.sha, files, endpoint, monitor)


def _kind_of(repo: _Repo, kind: ModelKind | None) -> ModelKind:
    """What `repo` is. Raises `DocqaError` if that is not the `kind` wanted, or nothing that docqa uses."""
    is_encoder = "modules.json" in repo.files
    if kind is ModelKind.ENCODER and not is_encoder:
        raise DocqaError(f"{repo.name} is not a sentence-transformers encoder: it has no modules.json")
    if is_encoder and kind is not ModelKind.READER:
        return ModelKind.ENCODER
    config = _read_json(repo, "config.json")
    architectures = config.get("architectures") if isinstance(config, dict) else None
    if not any("ForQuestionAnswering" in str(architecture) for architecture in architectures or []):
        raise DocqaError(
            f"{repo.name} is not a question-answering model (architectures: {architectures})",
            "look for one tagged question-answering and safetensors",
        )
    return ModelKind.READER


def _wanted(repo: _Repo, kind: ModelKind) -> list[_File]:
    """The files that docqa loads, small ones first: no other frameworks' weights, exports or code."""
    modules = _read_json(repo, "modules.json") if kind is ModelKind.ENCODER else []
    folders = {str(module.get("path", "")) for module in modules if isinstance(module, dict)} | {""}
    files = [file for file in repo.files.values() if file.folder in folders]
    # Where the weights are there in one file and in shards, the one file is what is loaded.
    unsharded = {file.folder for file in files if file.leaf == _WEIGHTS}
    wanted = [
        file
        for file in files
        if any(fnmatch(file.leaf, pattern) for pattern in _TEXTS)
        or (file.is_weights and (file.leaf == _WEIGHTS or file.folder not in unsharded))
    ]
    unchecked = [file.path for file in wanted if file.is_weights and file.sha256 is None]
    if unchecked:
        raise DocqaError(f"{_host(repo.endpoint)} tells no checksum of {unchecked[0]}, so it cannot be verified")
    return sorted(wanted, key=lambda file: file.size or 0)


def _read_json(repo: _Repo, path: str) -> Any:
    """What the small file `path` says; it is downloaded. Raises `DocqaError` if it is missing or damaged."""
    if path not in repo.files:
        raise DocqaError(f"{repo.name} has no {path}, so docqa cannot tell what it is")
    _fetch(repo, repo.files[path], lambda _: repo.monitor.check())
    try:
        return json.loads((repo.staging / path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DocqaError(f"{path} of {repo.name} is damaged: {error}") from error


# --- downloading ---


def _download(repo: _Repo, files: list[_File]) -> None:
    """Bring `files` to the staging folder, checked. Raises `DocqaError`, `Cancelled`, or as the hub does."""
    total = sum(file.size or 0 for file in files)
    _check_space(repo, total - sum(file.stat().st_size for file in repo.staging.rglob("*") if file.is_file()))
    done = 0
    for file in files:

        def report(brought: int, before: int = done) -> None:
            repo.monitor.update("downloading", repo.name, before + brought, total)

        _fetch(repo, file, report)
        done += file.size or 0
    repo.monitor.update("downloading", repo.name, total, total)


def _check_space(repo: _Repo, needed: int) -> None:
    free = shutil.disk_usage(_partial_dir()).free
    if needed > free:
        raise DocqaError(
            f"the disk is full: {repo.name} needs {needed / 1e6:.0f} MB, and {free / 1e6:.0f} MB are free",
            f"make room where {registry.models_dir()} is, or set DOCQA_HOME to another disk",
        )


def _fetch(repo: _Repo, file: _File, report: Callable[[int], None]) -> None:
    """Bring one file to the staging folder. It gets its name there once it is complete and checked."""
    target = repo.staging / file.path
    if target.is_file() and file.size in (None, _size(target)):
        report(_size(target))
        return
    part = target.with_name(f"{target.name}.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    _fill(repo, file, part, report)
    if file.size is not None and part.stat().st_size != file.size:
        damage = f"it has {part.stat().st_size} bytes where the hub tells {file.size}"
    elif file.sha256 is not None and _sha256(part) != file.sha256:
        damage = "its checksum is not the one that the hub tells"
    else:
        part.replace(target)
        return
    part.unlink()
    raise DocqaError(f"{file.path} of {repo.name} arrived damaged: {damage}", "run this again")


def _fill(repo: _Repo, file: _File, part: Path, report: Callable[[int], None]) -> None:
    """Append to `part` what it lacks. A connection that breaks is made anew as long as each brings more."""
    from huggingface_hub import hf_hub_url

    url = hf_hub_url(repo.name, file.path, revision=repo.commit, endpoint=repo.endpoint)
    if file.size is None:
        part.unlink(missing_ok=True)  # how much it lacks can't be told
    furthest = start = _size(part)
    while file.size is None or start < file.size:
        try:
            _stream(url, part, start, report)
        except _http_error():
            start = _size(part)
            if start <= furthest:
                raise
            furthest = start
        else:
            return


def _stream(url: str, part: Path, start: int, report: Callable[[int], None]) -> None:
    """Append to `part` what the server sends from byte `start` on; start over where it sends everything."""
    from huggingface_hub import constants, get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status  # type: ignore[attr-defined]

    headers = build_hf_headers(library_name="docqa") | {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    with get_session().stream("GET", url, headers=headers, timeout=timeout) as response:
        hf_raise_for_status(response)
        resumed = response.status_code == 206
        with part.open("ab" if resumed else "wb") as opened:
            done = start if resumed else 0
            for chunk in response.iter_bytes():
                opened.write(chunk)
                done += len(chunk)
                report(done)


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


# --- the hub ---


def _endpoint() -> str:
    """The hub's address: `HF_ENDPOINT` as it is now (the library reads it at import), else the usual one."""
    from huggingface_hub import constants

    endpoint = (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")
    if not re.fullmatch(r"https?://(\S+@)?(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?", endpoint):
        raise DocqaError(f"HF_ENDPOINT is {endpoint!r}", "it should be the address of a model hub: https://…")
    return endpoint


def _http_error() -> type[Exception]:
    """The base of all that the library's HTTP client raises, be that httpx2 or, before version 2, httpx."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    error: type[Exception] = HTTPError
    return error


def _host(endpoint: str) -> str:
    return urlsplit(endpoint).netloc.rpartition("@")[2]


def _not_a_hub(endpoint: str) -> DocqaError:
    return DocqaError(
        f"{_host(endpoint)} does not answer as a model hub does", "a proxy or a login page may be in between"
    )


@contextmanager
def _alone(repo_id: str, monitor: Monitor) -> Iterator[None]:
    """One download at a time: two would write the same files, and `_online` concerns the whole process."""
    from filelock import FileLock, Timeout

    _partial_dir().mkdir(parents=True, exist_ok=True)
    lock = FileLock(_partial_dir() / ".lock")
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            monitor.update("waiting for another download", repo_id, 0, 0)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _online() -> Iterator[None]:
    """Let huggingface_hub make requests, quietly. At each one it asks its constants, not the environment."""
    from huggingface_hub import constants
    from huggingface_hub.utils import logging as hub_logging

    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY, hub_logging.get_verbosity()
    # Telemetry would be a request of its own, for a list of the programs that it can report as the caller.
    constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = False, True
    hub_logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before[:2]
        hub_logging.set_verbosity(before[2])


@contextmanager
def _in_words(repo_id: str, revision: str, endpoint: str) -> Iterator[None]:
    """Turn what the hub's library, the network and the disk raise into a `DocqaError` of one line."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    host = _host(endpoint)
    try:
        yield
    except GatedRepoError as error:
        raise DocqaError(
            f"{repo_id} is gated: its owners give access on request",
            f"ask for it at {endpoint}/{repo_id}, then set HF_TOKEN",
        ) from error
    except RevisionNotFoundError as error:
        raise DocqaError(f"{repo_id} has no revision {revision!r}", f"see {endpoint}/{repo_id}/commits") from error
    except RepositoryNotFoundError as error:
        raise _no_such(repo_id, host) from error
    except HfHubHTTPError as error:
        raise _refusal(repo_id, host, error.response.status_code) from error
    except _http_error() as error:
        raise DocqaError(
            f"cannot reach the model hub ({host})",
            "the bundled reader still works; or copy a model folder here and name it: --reader FOLDER",
        ) from error
    except ImportError as error:
        reason = str(error).partition(".")[0]
        hint = "pip install socksio, or name an HTTP proxy in HTTPS_PROXY and none in ALL_PROXY"
        raise DocqaError(f"cannot use the network proxy: {reason}", hint) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DocqaError("the disk is full", f"make room, then {_AGAIN}") from error
        raise DocqaError(f"cannot write to {registry.models_dir()}: {error.strerror or error}") from error


def _no_such(repo_id: str, host: str) -> DocqaError:
    return DocqaError(f"there is no model {repo_id!r} on {host}, or it is private", f"{_NAMES}; private: set HF_TOKEN")


def _refusal(repo_id: str, host: str, status: int) -> DocqaError:
    if status == 404:
        return _no_such(repo_id, host)
    if status in {401, 403}:
        return DocqaError(f"{host} refuses access to {repo_id} (HTTP {status})", "check the name, and HF_TOKEN")
    return DocqaError(f"{host} answered HTTP {status}", f"try again later: {_AGAIN}")
