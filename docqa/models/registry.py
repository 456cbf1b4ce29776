"""Readers and encoders on this machine: find, install, choose and remove them by name.

Opens no connection. `docqa.models.hub.pull` does. One process at a time changes anything; whoever comes next completes
or undoes what a crash interrupted, so that a model is there whole, or not at all.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docqa import paths
from docqa.errors import DocqaError, not_found
from docqa.files import (
    make_private,
    make_private_folder,
    read_json_object,
    sync_files,
    sync_folder,
    write_json_object,
)
from docqa.models import foreign_code
from docqa.wording import similar

if TYPE_CHECKING:
    from docqa.models.metadata import ModelMetadata

BUNDLED = "bundled"


class ModelKind(StrEnum):
    """What a model is for: a reader extracts answers, an encoder embeds windows for retrieval."""

    READER = "reader"
    ENCODER = "encoder"


@dataclass(frozen=True, slots=True)
class HubAlias:
    """A hub repository under a short name, at a commit. `about` describes it, with the size of the download."""

    repo: str
    revision: str
    kind: ModelKind
    about: str


ALIASES = {
    # The commit that added the safetensors file.
    "distilbert": HubAlias(
        "distilbert/distilbert-base-uncased-distilled-squad",
        "bb133e834d7dab8aa8eb3f04e0435db7a3a1ddc8",
        ModelKind.READER,
        "DistilBERT trained on SQuAD, larger and better than the bundled one, 265 MB",
    ),
    "minilm": HubAlias(
        "sentence-transformers/all-MiniLM-L6-v2",
        "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        ModelKind.ENCODER,
        "a slower, better encoder for the retriever, 91 MB",
    ),
}

_BUNDLED_FOLDERS = {ModelKind.READER: "reader", ModelKind.ENCODER: "retriever"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_LONGEST_SHOWN = 100  # Characters of a wrong name in a message.
_PATIENCE = 5.0  # Seconds: replacing a model takes milliseconds, deleting a large one may take longer.
_REPLACED, _REMOVED = ".replaced-", ".removed-"
"""How the names of folders begin in which a model waits to be deleted. No model's name begins with a dot."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model on this machine. `source` is "bundled", "pulled", "trained" or "folder" (then `name` is its path)."""

    name: str
    kind: ModelKind
    folder: Path
    source: str

    @property
    def metadata(self) -> "ModelMetadata":
        """The contents of its `docqa.json`, read on every access. Raises `DocqaError` if it is malformed."""
        from docqa.models import metadata

        return metadata.read(self.folder)

    @property
    def size(self) -> int:
        """The size of all its files, in bytes."""
        return sum(file.stat().st_size for file in self.folder.rglob("*") if file.is_file())

    @property
    def fingerprint(self) -> str:
        """`docqa.models.integrity.fingerprint`. Raises `DocqaError` if a file is damaged."""
        from docqa.models import integrity

        return integrity.fingerprint(self.folder)


def models_dir() -> Path:
    """The folder of installed models, in `reader/NAME` and `encoder/NAME`, and of the choice between them."""
    return paths.data_dir() / "models"


def installed(kind: ModelKind | None = None) -> list[Model]:
    """The bundled and installed models of one kind or both: for each kind the bundled one first, then by name."""
    found = []
    for each in [kind] if kind else list(ModelKind):
        bundled = _bundled(each)
        found += [bundled] if bundled.folder.is_dir() else []
        folder = models_dir() / each
        if folder.is_dir() and _set_aside_in(folder):
            _repair_or_wait()
        names = sorted(entry.name for entry in folder.iterdir() if entry.is_dir()) if folder.is_dir() else []
        # Hidden folders are being installed or removed.
        found += [_installed(name, each) for name in names if not name.startswith(".")]
    return found


def _bundled(kind: ModelKind) -> Model:
    return Model(BUNDLED, kind, paths.bundled_models_dir() / _BUNDLED_FOLDERS[kind], BUNDLED)


def _installed(name: str, kind: ModelKind) -> Model:
    folder = models_dir() / kind / name
    return Model(name, kind, folder, "pulled" if _repo_of(folder) else "trained")


def _repo_of(folder: Path) -> str | None:
    """The hub repository that `folder` was pulled from, if any."""
    from docqa.models import metadata

    source = metadata.source_of(folder)
    return source.repo or None if source else None


def _find_installed(name: str, kind: ModelKind) -> Model | None:
    """The installed model of this name, else one pulled from the repository or alias of this name."""
    candidates = [model for model in installed(kind) if model.source != BUNDLED]
    for model in candidates:
        if model.name == name:
            return model
    repo = ALIASES[name].repo if name in ALIASES else name
    for model in candidates:
        if _repo_of(model.folder) == repo:
            return model
    return None


def find(name: str, kind: ModelKind) -> Model:
    """Find a model by `name`: "bundled", an installed model's, a repository or alias that was pulled, or a folder.

    Raises `DocqaError` if there is none, or if it lacks a file that loading needs.
    """
    bundled = _bundled(kind) if name == BUNDLED else None
    model = bundled or _find_installed(name, kind) or _find_folder(name, kind)
    _check_complete(model)
    return model


def _find_folder(name: str, kind: ModelKind) -> Model:
    try:
        folder = Path(name).expanduser()
        found = bool(name) and folder.is_dir()
        # A repository is OWNER/NAME; no model's name starts like a path.
        is_path = name.startswith((".", "~")) or folder.is_absolute() or name.count("/") > 1
        resolved = folder.resolve() if found else folder
    except (OSError, RuntimeError, ValueError):  # No such user, a name that is too long, links in a circle.
        raise not_found(f"the folder {name[:_LONGEST_SHOWN]}") from None
    if found and folder.name == name and not is_path:
        # A setting names a model, and must not mean whatever lies in the current folder.
        raise DocqaError(f"there is no {kind} called {name!r}", f"if you mean the folder: ./{name}")
    if not found:
        raise not_found(f"the folder {name}") if is_path else _not_found(name, kind)
    return Model(str(resolved), kind, resolved, "folder")


def _not_found(name: str, kind: ModelKind) -> DocqaError:
    names = [model.name for model in installed(kind)]
    aliases = [alias for alias, target in ALIASES.items() if target.kind is kind]
    close = similar(name, [*names, *aliases])
    if name in aliases or "/" in name:
        hint = f"docqa models pull {name}"
    elif close:
        hint = f"did you mean {close}?" + ("" if close in names else f" docqa models pull {close}")
    else:
        hint = f"docqa models pull NAME, for example {aliases[0]}"
    name = name[:_LONGEST_SHOWN]
    return DocqaError(f"there is no {kind} called {name!r}; installed: {', '.join(names) or 'none'}", hint)


def _check_complete(model: Model) -> None:
    """Raise `DocqaError` if the folder lacks a file that loading this kind of model needs, or brings code."""
    if model.kind is ModelKind.READER:
        needed, weights = "config.json", ("model.safetensors", "model.safetensors.index.json")
        has_weights = any((model.folder / name).is_file() for name in weights)
    else:
        needed = "modules.json"
        has_weights = any(model.folder.rglob("*.safetensors"))
    article = "an" if model.kind is ModelKind.ENCODER else "a"
    where = f"{model.folder} is not {article} {model.kind} that docqa can load"
    if not (model.folder / needed).is_file():
        raise DocqaError(f"{where}: it lacks {needed}")
    pickle = "" if has_weights else foreign_code.pickled_weights(model.folder)
    if pickle:
        raise DocqaError(
            f"{where}: it has its weights only in {pickle}",
            "docqa loads only safetensors, because pickle can run code",
        )
    if not has_weights:
        raise DocqaError(f"{where}: it lacks model.safetensors")
    if model.kind is ModelKind.READER:
        foreign_code.check_weights(model.folder)
        foreign_code.check_config(model.folder)
    else:
        foreign_code.check_encoder(model.folder)


def _choices() -> dict[str, Any]:
    file = models_dir() / "chosen.json"
    try:
        return read_json_object(file) if file.is_file() else {}
    except DocqaError as error:
        raise DocqaError(
            f"the choice of models is damaged: {error.message}",
            "delete the file, then choose again with docqa models use",
        ) from error


def _choose(name: str, kind: ModelKind) -> None:
    """Choose a model. `_changing` has to be held."""
    choices = {**_choices(), kind.value: name}
    if name == BUNDLED:
        del choices[kind.value]
    if not choices:  # Also on a full disk, so that a model can be removed.
        (models_dir() / "chosen.json").unlink(missing_ok=True)
        return
    write_json_object(models_dir() / "chosen.json", choices)


@contextmanager
def _changing() -> Iterator[None]:
    """Wait until no other process changes the models, and repair what a crash left. Errors become `DocqaError`."""
    from filelock import FileLock

    folder = models_dir()
    try:
        make_private_folder(folder)
        with FileLock(folder / ".lock", mode=0o600):
            _repair()
            yield
    except OSError as error:
        raise DocqaError(
            f"can't change the models in {folder}: {error.strerror or error}",
            "check the folder's permissions and free space",
        ) from error


def _repair_or_wait() -> None:
    """Repair what a crash left, unless the models are read-only. Wait for a process that is replacing one just now."""
    from filelock import FileLock, Timeout

    with suppress(OSError, Timeout), FileLock(models_dir() / ".lock", timeout=_PATIENCE, mode=0o600):
        _repair()


def _repair() -> None:
    """Put back models that were to be replaced and have no successor; delete what is replaced or removed."""
    for kind in ModelKind:
        for aside in _set_aside_in(models_dir() / kind):
            for previous in aside.iterdir() if aside.name.startswith(_REPLACED) else ():
                if not (aside.parent / previous.name).exists():
                    previous.rename(aside.parent / previous.name)
            shutil.rmtree(aside, ignore_errors=True)


def _set_aside_in(folder: Path) -> list[Path]:
    """The folders that `_set_aside` made and that are still there."""
    if not folder.is_dir():
        return []
    return [each for each in folder.iterdir() if each.name.startswith((_REPLACED, _REMOVED))]


def chosen(kind: ModelKind) -> str:
    """The name of the chosen model, by default "bundled". Raises `DocqaError` if it is missing or incomplete."""
    name = str(_choices().get(kind.value, BUNDLED))
    if name == BUNDLED:
        return name
    try:
        find(name, kind)
    except DocqaError as error:
        flag = " --encoder" if kind is ModelKind.ENCODER else ""
        raise DocqaError(
            f"the chosen {kind} cannot be used: {error.message}", f"docqa models use {BUNDLED}{flag}"
        ) from error
    return name


def use(name: str, kind: ModelKind) -> Model:
    """Choose the model to use by default (a folder is stored by its absolute path). Raises as `find` does."""
    model = find(name, kind)
    with _changing():
        _choose(model.name, kind)
    return model


def remove(name: str, kind: ModelKind) -> Model:
    """Delete and return an installed model. If it was the chosen one, choose the bundled one.

    Raises `DocqaError` for the bundled model and for anything that docqa did not install.
    """
    if name == BUNDLED:
        raise DocqaError(f"the bundled {kind} is part of docqa and cannot be removed")
    model = _find_installed(name, kind)
    if model is None:
        raise _not_found(name, kind)
    with _changing():
        if _choices().get(kind.value) == model.name:
            _choose(BUNDLED, kind)
        # Hide it first: an interrupted deletion must not leave half a model in the list.
        shutil.rmtree(_set_aside(model.folder, _REMOVED).parent)
    return model


def install(folder: Path, name: str, kind: ModelKind) -> Model:
    """Install a model by moving its folder, replacing a previous model of the same name.

    `folder` must be on the file system of `models_dir()`. Raises `DocqaError` if `name` is invalid, or the folder is
    incomplete or cannot be moved; the previous model is kept then.
    """
    check_name(name)
    _check_complete(Model(name, kind, folder, "folder"))
    target = models_dir() / kind / name
    from docqa.models import integrity

    with _changing():
        make_private_folder(target.parent)
        integrity.record(folder)
        make_private(folder)
        # Before it takes the place of another: a power cut must not leave a model of empty files.
        sync_files(folder)
        previous = _set_aside(target, _REPLACED) if target.exists() else None
        try:
            folder.rename(target)
        except OSError:
            if previous:
                previous.rename(target)
                previous.parent.rmdir()
            raise
        sync_folder(target.parent)
        if previous:
            shutil.rmtree(previous.parent, ignore_errors=True)
    return _installed(name, kind)


def _set_aside(folder: Path, purpose: str) -> Path:
    """Move a folder into a hidden one, so that it is no longer listed. Returns its new path."""
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f"{purpose}{folder.name}."))
    return folder.rename(aside / folder.name)


def check_name(name: str) -> None:
    """Raise `DocqaError` unless `name` is valid for an installed model. It becomes the name of a folder."""
    if name == BUNDLED or not _NAME.fullmatch(name):
        raise DocqaError(
            f"{name!r} cannot be a model's name",
            f"letters, digits, '.', '_' and '-', up to 100 of them, and not {BUNDLED!r}",
        )
