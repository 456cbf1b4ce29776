"""Pull models from the hub, when the user asks for it. Nothing else in docqa opens a connection."""

import json
import re
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any

from docqa.errors import DocqaError
from docqa.models import hub_connection, integrity, loading, metadata, registry
from docqa.models.hub_download import Repository, RepositoryFile, download, fetch
from docqa.models.metadata import HubSource
from docqa.models.registry import ALIASES, Model, ModelKind
from docqa.progress import Monitor

_TEXT_FILES = ("*.json", "*.txt", "*.model", "README.md", "LICENSE*")
_WEIGHTS = "model.safetensors"
_SHARDS = "model-*-of-*.safetensors"
# Paths of a repository become paths on this machine: no "..", no root, no drive, nothing hidden.
_SAFE_PATH = re.compile(r"[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)*", re.ASCII)


def pull(
    repo_or_alias: str,
    *,
    name: str | None = None,
    revision: str | None = None,
    kind: ModelKind | None = None,
    monitor: Monitor,
) -> Model:
    """Download a model from the hub, verify its checksums and install it.

    `repo_or_alias` is "owner/repository" or a key of `registry.ALIASES`; `name` is its name on this machine, by default
    the alias or the repository's own name. A commit that is installed already is not downloaded again.

    Raises `DocqaError` if the hub can't be reached or docqa can't use the model, `Cancelled` from the monitor. What was
    downloaded until then is kept, and another call resumes there.
    """
    alias = ALIASES.get(repo_or_alias)
    repo_id = alias.repo if alias else repo_or_alias
    name = name or (repo_or_alias if alias else repo_id.rpartition("/")[2])
    kind = kind or (alias.kind if alias else None)
    revision = revision or (alias.revision if alias else "main")
    endpoint = hub_connection.endpoint_url()
    with (
        hub_connection.readable_errors(repo_id, revision, endpoint),
        hub_connection.exclusive(repo_id, monitor),
        hub_connection.online(),
    ):
        _check_names(repo_id, name)
        repository = _look_up(repo_id, revision, endpoint, monitor)
        return _installed(repository, name, kind) or _install(repository, name, _kind_of(repository, kind))


def _check_names(repo_id: str, name: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined]

    try:
        validate_repo_id(repo_id)
    except HFValidationError as error:
        raise DocqaError(f"{repo_id!r} cannot be a model on the hub", hub_connection.NAMES_HINT) from error
    registry.check_name(name)


def _installed(repository: Repository, name: str, kind: ModelKind | None) -> Model | None:
    """The model installed as `name`, if it is this commit and complete."""
    for each in [kind] if kind else list(ModelKind):
        folder = registry.models_dir() / each / name
        if metadata.source_of(folder) == HubSource(repository.name, repository.commit):
            try:
                model = registry.find(name, each)
                integrity.check(folder)
            except DocqaError:
                return None  # Damaged since: installing it again repairs it.
            return model
    return None


def _install(repository: Repository, name: str, kind: ModelKind) -> Model:
    folder = registry.models_dir() / kind / name
    installed = metadata.source_of(folder) or HubSource()
    if folder.exists() and installed.repo != repository.name:
        raise DocqaError(f"another {kind} is already called {name!r}", "choose another name: --name NAME")
    download(repository, _files_to_load(repository, kind))
    if kind is ModelKind.READER and "tokenizer.json" not in repository.files:
        loading.load_tokenizer(repository.staging).save(str(repository.staging / "tokenizer.json"))
    source = HubSource(repository.name, repository.commit)
    metadata.write(repository.staging, replace(metadata.read(repository.staging), source=source, kind=kind.value))
    model = registry.install(repository.staging, name, kind)
    repository.remove_staging()
    return model


def _look_up(repo_id: str, revision: str, endpoint: str, monitor: Monitor) -> Repository:
    """The repository at the commit that `revision` is now. Raises `DocqaError` if it has no safetensors."""
    from huggingface_hub import HfApi, constants

    monitor.update("looking up", repo_id, 0, 0)
    api = HfApi(endpoint=endpoint, library_name="docqa")
    timeout = constants.HF_HUB_DOWNLOAD_TIMEOUT
    try:
        info = api.model_info(repo_id, revision=revision, files_metadata=True, timeout=timeout)
    except (ValueError, KeyError, TypeError) as error:  # Not the JSON that the library expects.
        raise hub_connection.not_a_hub(endpoint) from error
    if info.sha is None or not re.fullmatch("[0-9a-f]{40,64}", info.sha):
        raise hub_connection.not_a_hub(endpoint)
    files = {entry.rfilename: _file(entry) for entry in info.siblings or [] if _SAFE_PATH.fullmatch(entry.rfilename)}
    if not any(_is_weights(file) for file in files.values()):
        raise DocqaError(
            f"{repo_id} has no weights in safetensors; docqa loads no others, because pickle can run code",
            "choose another model, or a branch that has them: --revision",
        )
    return Repository(repo_id, info.sha, files, endpoint, monitor)


def _file(entry: Any) -> RepositoryFile:
    """A file as the hub describes it. The object id of a large file is that of git's pointer to it."""
    if entry.lfs:
        return RepositoryFile(entry.rfilename, entry.size, entry.lfs.sha256)
    return RepositoryFile(entry.rfilename, entry.size, None, entry.blob_id)


def _kind_of(repository: Repository, kind: ModelKind | None) -> ModelKind:
    """The kind of model in the repository. Raises `DocqaError` if docqa can't use it, or it is not of this `kind`."""
    is_encoder = "modules.json" in repository.files
    if kind is ModelKind.ENCODER and not is_encoder:
        raise DocqaError(f"{repository.name} is not a sentence-transformers encoder: it has no modules.json")
    if is_encoder and kind is not ModelKind.READER:
        return ModelKind.ENCODER
    config = _read_json(repository, "config.json")
    architectures = config.get("architectures") if isinstance(config, dict) else None
    if not any("ForQuestionAnswering" in str(architecture) for architecture in architectures or []):
        raise DocqaError(
            f"{repository.name} is not a question-answering model (architectures: {architectures})",
            "choose one tagged question-answering and safetensors",
        )
    return ModelKind.READER


def _files_to_load(repository: Repository, kind: ModelKind) -> list[RepositoryFile]:
    """The files that docqa loads, smallest first: no other frameworks' weights, exports or code."""
    modules = _read_json(repository, "modules.json") if kind is ModelKind.ENCODER else []
    folders = {str(module.get("path", "")) for module in modules if isinstance(module, dict)} | {""}
    files = [file for file in repository.files.values() if file.folder in folders]
    # If a folder has the weights both in one file and in shards, the one file is loaded.
    unsharded = {file.folder for file in files if file.name == _WEIGHTS}
    needed = [
        file
        for file in files
        if any(fnmatch(file.name, pattern) for pattern in _TEXT_FILES)
        or (_is_weights(file) and (file.name == _WEIGHTS or file.folder not in unsharded))
    ]
    unverifiable = [file.path for file in needed if _is_weights(file) and file.sha256 is None]
    if unverifiable:
        hub = hub_connection.host(repository.endpoint)
        raise DocqaError(f"{hub} gives no checksum of {unverifiable[0]}, so it cannot be verified")
    return sorted(needed, key=lambda file: file.size or 0)


def _is_weights(file: RepositoryFile) -> bool:
    return file.name == _WEIGHTS or fnmatch(file.name, _SHARDS)


def _read_json(repository: Repository, path: str) -> Any:
    """Download and parse a small file. Raises `DocqaError` if it is missing or damaged."""
    if path not in repository.files:
        raise DocqaError(f"{repository.name} has no {path}, so docqa cannot tell what it is")
    fetch(repository, repository.files[path], lambda _: repository.monitor.check())
    try:
        return json.loads((repository.staging / path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise DocqaError(f"{path} of {repository.name} is damaged: {error}") from error
