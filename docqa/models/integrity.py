"""Whether the files of a model are those that were installed: their sizes and checksums are in docqa.json.

The weights are read whole whenever a model is used, for its fingerprint, so that comparing them then costs nothing. Of
files over 200 MiB only the size is compared then, and the checksum by `docqa models check`.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

from docqa.errors import DocqaError
from docqa.models import metadata
from docqa.models.metadata import FileRecord

_MIB = 1 << 20
_WHOLE = 200 * _MIB

# The files that decide a model's output: weights, tokenizer and, for an encoder, its modules and pooling.
_FINGERPRINTED = (
    "*.safetensors",
    "tokenizer*.json",
    "special_tokens_map.json",
    "vocab.*",
    "merges.txt",
    "*.model",
    "modules.json",
    "*_Pooling/config.json",
)


def record(folder: Path) -> None:
    """Write the sizes and checksums of a model's files into its docqa.json. Raises `DocqaError` or `OSError`."""
    files = {
        name: FileRecord(file.stat().st_size, _sha256(file).hex())
        for name, file in _files(folder, (*_FINGERPRINTED, "config.json")).items()
    }
    metadata.write(folder, replace(metadata.read(folder), files=files))


def fingerprint(folder: Path) -> str:
    """SHA-256 (hex) of a model's weights and tokenizer, equal for all copies of it.

    Of files over 200 MiB, only the size and the first and last MiB are hashed, so it takes a fraction of a second.
    Raises `DocqaError` if a file differs from its record.
    """
    expected = dict(metadata.read(folder).files or {})
    total = hashlib.sha256()
    for name, file in _files(folder, _FINGERPRINTED).items():
        size = file.stat().st_size
        digest = _sha256(file) if size <= _WHOLE else _sha256_of_ends(file)
        total.update(b"%b\0%d\0" % (os.fsencode(name), size))
        total.update(digest)
        if name in expected:
            _compare(file, expected.pop(name), digest if size <= _WHOLE else None)
    for name, recorded in expected.items():
        file = folder / name
        _compare(file, recorded, _sha256(file) if file.is_file() and recorded.size <= _WHOLE else None)
    return total.hexdigest()


def check(folder: Path) -> int:
    """Compare all files of a model with their record, and return their number: 0 if there is no record.

    Raises `DocqaError` that names the damaged file.
    """
    expected = metadata.read(folder).files or {}
    for name, recorded in expected.items():
        file = folder / name
        _compare(file, recorded, _sha256(file) if file.is_file() else None)
    return len(expected)


def _compare(file: Path, recorded: FileRecord, digest: bytes | None) -> None:
    size = file.stat().st_size if file.is_file() else None
    if size is None:
        damage = "is missing"
    elif size != recorded.size:
        damage = f"is damaged: it has {size:,} bytes, and had {recorded.size:,} when it was installed"
    elif digest is not None and digest.hex() != recorded.sha256:
        damage = "is damaged: its checksum is not the one that it was installed with"
    else:
        return
    raise DocqaError(
        f"{file} {damage}",
        "install the model again (docqa models pull; the bundled ones come with docqa), or use another: --reader, "
        '--encoder. If you changed the file yourself, delete "files" in docqa.json',
    )


def _files(folder: Path, patterns: tuple[str, ...]) -> dict[str, Path]:
    """The files that match, by their paths below the folder, sorted."""
    found = {file for pattern in patterns for file in folder.rglob(pattern) if file.is_file()}
    return {file.relative_to(folder).as_posix(): file for file in sorted(found)}


def _sha256(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def _sha256_of_ends(file: Path) -> bytes:
    with file.open("rb") as opened:
        first = opened.read(_MIB)
        opened.seek(-_MIB, os.SEEK_END)
        return hashlib.sha256(first + opened.read(_MIB)).digest()
