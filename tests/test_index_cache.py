"""Index cache entries: keys depend on everything that affects the content, and entries round-trip."""

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.samples import PROSE, ROOT, SAMPLES

from docqa import index_cache
from docqa.array_store import ArrayStore
from docqa.collection import IndexedDocument
from docqa.config import Settings
from docqa.documents import Document, Source, packing, parse, read
from docqa.engine import Engine
from docqa.extensions import FORMATS, DocumentFormat
from docqa.index_cache import library_versions
from docqa.progress import Monitor

REPORT, JOURNAL, HANDBOOK = (
    str(SAMPLES / name) for name in ("harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md")
)


def digest(value: Any) -> str:
    """Return a digest of arrays, strings, or dataclasses of them."""
    found = hashlib.sha256()

    def add(part: Any) -> None:
        if is_dataclass(part):
            for field in fields(part):
                add(getattr(part, field.name))
        elif isinstance(part, np.ndarray):
            found.update(f"{part.dtype}{part.shape}".encode() + part.tobytes())
        elif isinstance(part, tuple | list):
            for one in part:
                add(one)
        elif isinstance(part, dict):
            add(sorted(part.items()))
        else:
            found.update(repr(part).encode() + b"\0")

    add(value)
    return found.hexdigest()[:16]


@pytest.fixture(scope="module")
def bundled() -> Engine:
    return Engine(Settings(device="cpu", precision="float32"), ArrayStore(None))


@pytest.fixture(scope="module")
def journal(bundled: Engine) -> IndexedDocument:
    return bundled.index(JOURNAL, Monitor())


def parsed(path: str) -> Document:
    return replace(parse(read(path)), name="")


def vectors(engine: Engine) -> list[float]:
    """Return a few rounded values of an embedding; not a digest, because the last bits depend on the CPU."""
    assert engine.encoder is not None
    return [round(float(number), 4) for number in engine.encoder.embed([PROSE], Monitor())[0, :6]]


def stems(one: IndexedDocument) -> list[list[str]]:
    """Return the terms of each window as text, because their ids differ between processes."""
    found = one.windows.terms
    return [
        [found.vocabulary[number] for number in found.ids[first:last]]
        for first, last in zip(found.bounds, found.bounds[1:], strict=False)
    ]


def packed_fields(one: IndexedDocument) -> list[str]:
    """Return the names and types of an entry's arrays, and the names of a document's metadata."""
    arrays = {**packing.pack_document(one.document), **index_cache.pack_windows(one.windows)}
    return [f"{name} {array.dtype}" for name, array in arrays.items()] + list(json.loads(arrays["facts"].tobytes()))


# For each stage: its version, the libraries that it depends on, and its output for a sample document.
# When a stage's output changes, its version number must change too, or users are served stale results.
GOLDEN: dict[str, tuple[Callable[[], int], tuple[str, ...], Callable[[Engine, IndexedDocument], Any]]] = {
    "pdf": (lambda: FORMATS.get("pdf").version, FORMATS.get("pdf").libraries, lambda *_: digest(parsed(REPORT))),
    "text": (lambda: FORMATS.get("text").version, FORMATS.get("text").libraries, lambda *_: digest(parsed(JOURNAL))),
    "markdown": (
        lambda: FORMATS.get("markdown").version,
        FORMATS.get("markdown").libraries,
        lambda *_: digest(parsed(HANDBOOK)),
    ),
    "windows": (
        lambda: index_cache.WINDOWS_VERSION,
        ("tokenizers",),
        lambda _, one: digest([one.windows.tokens, one.windows.bounds]),
    ),
    "terms": (lambda: index_cache.TERMS_VERSION, ("bm25s", "PyStemmer"), lambda _, one: digest(stems(one))),
    "vectors": (lambda: index_cache.VECTORS_VERSION, ("tokenizers",), lambda engine, _: vectors(engine)),
    "packing": (lambda: index_cache.PACKING_VERSION, (), lambda _, one: packed_fields(one)),
}
RECORDED = json.loads((Path(__file__).parent / "support" / "stage_outputs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("stage", GOLDEN)
def test_a_stage_whose_output_changes_has_a_new_version(stage: str, bundled: Engine, journal: IndexedDocument) -> None:
    version, libraries, output = GOLDEN[stage]
    recorded = RECORDED[stage]
    if recorded["libraries"] != library_versions(libraries):
        pytest.skip(f"recorded with {recorded['libraries']}")  # Library versions are part of the key.
    found = {"version": version(), "libraries": library_versions(libraries), "output": output(bundled, journal)}
    assert found == recorded, (
        f"The output of the stage {stage!r} changed. Increment its version, "
        f"then record this in tests/support/stage_outputs.json: {json.dumps(found)}"
    )


def test_packing_loses_nothing(journal: IndexedDocument) -> None:
    document, windows = journal.document, journal.windows
    assert digest(packing.unpack_document(packing.pack_document(document), document.name)) == digest(document)
    assert digest(index_cache.unpack_windows(index_cache.pack_windows(windows))) == digest(windows)


def test_a_new_version_of_a_parser_parses_again(
    tmp_path: Path, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FORMATS, "_known", dict(FORMATS._known))
    calls = []

    def parse_shout(source: Source, _: Monitor) -> Document:
        calls.append(source.name)
        return parse(Source("shout.txt", source.data.upper()))

    shout = DocumentFormat("shout", "Shout", (".shout",), parse_shout)
    FORMATS.register(shout)
    (tmp_path / "a.shout").write_text(PROSE, encoding="utf-8")
    for wanted in (1, 1, 2):
        FORMATS.register(replace(shout, version=wanted))
        collection = Engine(tiny_settings).open([tmp_path / "a.shout"])
        assert collection.documents[0].text == PROSE.upper()
    assert len(calls) == 2


def test_a_key_has_the_versions_of_libraries() -> None:
    (found,) = library_versions(("tokenizers",))
    assert found.startswith("tokenizers 0.")
    assert library_versions(("no-such-library",)) == ["no-such-library "]


def test_an_edited_comment_indexes_nothing_again(tmp_path: Path) -> None:
    code = "from docqa.documents import Source; from docqa.index_cache import document_key as key, windows_key"
    code += "; print(windows_key(key(Source('a.txt', b'x')), 'reader', 344, 64))"

    def name(folder: Path) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
        ).stdout

    shutil.copytree(ROOT / "docqa", tmp_path / "docqa", ignore=lambda folder, names: [
        one for one in names if not one.endswith(".py") and not (Path(folder) / one).is_dir()
    ])  # fmt: skip
    for module in ("windows.py", "array_store.py", "documents/plain_text.py"):
        file = tmp_path / "docqa" / module
        file.write_text(file.read_text(encoding="utf-8") + "\n# A comment.\n", encoding="utf-8")
    assert name(tmp_path) == name(ROOT) != ""
