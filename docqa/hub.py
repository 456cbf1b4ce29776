"""Pulling models from the hub: the only code of docqa that opens a connection, and it does so only when asked to.

The requests are made here and not by `hf_hub_download`, which throws away what an interrupted download has brought.
"""

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import urlsplit

from docqa import models
from docqa.errors import DocqaError
from docqa.models import ALIASES, Kind, Model
from docqa.progress import Monitor

_AGAIN = "the same command goes on where this one stopped"
_TEXTS = ("*.json", "*.txt", "*.model", "README.md", "LICENSE*")
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
    def is_weights(self) -> bool:
        leaf = self.path.rpartition("/")[2]
        return leaf == "model.safetensors" or fnmatch(leaf, _SHARDS)


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
        """Where its files are gathered: the same folder for the same commit, so that a second try goes on there."""
        return _partial_dir() / f"{self.name.replace('/', '--')}@{self.commit}"


def pull(
    repo_or_alias: str,
    *,
    name: str | None = None,
    revision: str | None = None,
    kind: Kind | None = None,
    monitor: Monitor,
) -> Model:
    """Download a model from the hub, check it against the hub's checksums and install it.

    `repo_or_alias` is "owner/repository" or a key of `models.ALIASES`; `name` is what it is called here, by default
    the alias or the repository's own. Where that commit is installed already, nothing is downloaded.

    Raises `DocqaError` where the hub or the model is not as needed, and `Cancelled` from the monitor. What has been
    downloaded by then is kept, and the next call goes on from there.
    """
    alias = ALIASES.get(repo_or_alias)
    repo_id = alias.repo if alias else repo_or_alias
    name = name or (repo_or_alias if alias else repo_id.rpartition("/")[2])
    models.check_name(name)
    kind = kind or (alias.kind if alias else None)
    revision = revision or (alias.revision if alias else "main")
    with _online() as endpoint, _in_words(repo_id, revision, endpoint), _alone(repo_id, monitor):
        repo = _look_up(repo_id, revision, endpoint, monitor)
        kind = _kind_of(repo, kind)
        present = _already(name, kind, repo)
        return present or _install(repo, name, kind)


def _install(repo: _Repo, name: str, kind: Kind) -> Model:
    wanted = _wanted(repo, kind)
    _download(repo, wanted)
    if kind is Kind.READER and "tokenizer.json" not in repo.files:
        models.load_tokenizer(repo.staging).save(str(repo.staging / "tokenizer.json"))
    source = {"repo": repo.name, "revision": repo.commit}
    metadata = models.read_metadata(repo.staging) | {"source": source, "kind": kind.value}
    models.write_object(repo.staging / models.METADATA, metadata)
    model = models.install(repo.staging, name, kind)
    for older in _partial_dir().glob(f"{repo.name.replace('/', '--')}@*"):
        shutil.rmtree(older, ignore_errors=True)
    return model


def _already(name: str, kind: Kind, repo: _Repo) -> Model | None:
    """The model installed as `name`, if it is this one. Raises `DocqaError` if it is not this repository's."""
    folder = models.models_dir() / kind / name
    if not folder.exists():
        return None
    source = models.read_metadata(folder).get("source")
    if source == {"repo": repo.name, "revision": repo.commit}:
        return models.find(name, kind)
    if isinstance(source, dict) and source.get("repo") == repo.name:
        return None
    raise DocqaError(f"another {kind} is already called {name!r}", "choose a name for this one: --name NAME")


# --- what to download ---


def _look_up(repo_id: str, revision: str, endpoint: str, monitor: Monitor) -> _Repo:
    from huggingface_hub import HfApi, constants

    monitor.update("looking up", repo_id, 0, 0)
    api = HfApi(endpoint=endpoint, library_name="docqa")
    info = api.model_info(
        repo_id, revision=revision, files_metadata=True, timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT
    )
    files = {
        entry.rfilename: _File(entry.rfilename, entry.size, entry.lfs.sha256 if entry.lfs else None)
        for entry in info.siblings or []
        if _PLAIN_PATH.fullmatch(entry.rfilename)
    }
    if info.sha is None or not re.fullmatch("[0-9a-f]{40}", info.sha):
        raise DocqaError(f"{_host(endpoint)} does not answer as a model hub does", "check HF_ENDPOINT")
    if not any(file.is_weights for file in files.values()):
        raise DocqaError(
            f"{repo_id} has no weights in safetensors, and docqa loads nothing else, because pickle runs code",
            "look for another model, or for a branch with safetensors: --revision",
        )
    return _Repo(repo_id, info.sha, files, endpoint, monitor)


def _kind_of(repo: _Repo, kind: Kind | None) -> Kind:
    """What `repo` is, which has to be `kind` where that is given. Raises `DocqaError` if it is neither or other."""
    is_encoder = "modules.json" in repo.files
    if kind is Kind.ENCODER and not is_encoder:
        raise DocqaError(f"{repo.name} is not a sentence-transformers model: it has no modules.json")
    if is_encoder and kind is not Kind.READER:
        return Kind.ENCODER
    architectures = _read_json(repo, "config.json").get("architectures") or []
    if not any("ForQuestionAnswering" in str(architecture) for architecture in architectures):
        what = ", ".join(map(str, architectures)) or "not told"
        raise DocqaError(
            f"{repo.name} is not a question-answering model (architecture: {what})",
            "look for one that is tagged question-answering and has safetensors",
        )
    return Kind.READER


def _wanted(repo: _Repo, kind: Kind) -> list[_File]:
    """The files that docqa loads, small ones first. Other frameworks' weights, code and exports stay where they are."""
    roots = [""]
    if kind is Kind.ENCODER:
        modules = _read_json(repo, "modules.json").get("", [])
        roots += [str(module["path"]) for module in modules if isinstance(module, dict) and module.get("path")]
    files = [
        file
        for file in repo.files.values()
        if file.folder == "" or any(f"{file.folder}/".startswith(f"{root}/") for root in roots[1:])
    ]
    whole = {file.folder for file in files if file.path.endswith("model.safetensors") and file.is_weights}
    wanted = [
        file
        for file in files
        if any(fnmatch(file.path.rpartition("/")[2], pattern) for pattern in _TEXTS)
        or (file.is_weights and (file.folder not in whole or not fnmatch(file.path, f"*{_SHARDS}")))
    ]
    return sorted(wanted, key=lambda file: file.size or 0)
