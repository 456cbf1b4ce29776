"""Fixtures shared by several test modules."""

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from support import tiny_models
from support.samples import GENERAL_WORDS, PROSE, SAMPLES

from docqa.array_store import ArrayStore
from docqa.collection import Collection
from docqa.config import Settings
from docqa.engine import Engine

# A busy machine makes no example a failure, and what fails can be run again.
settings.register_profile("docqa", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("docqa")

# What a shell in the background, or nohup, has ignored: docqa respects that, and its processes inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Isolate every test from the user's settings with a separate home directory.

    Precision is float32, because with an empty home docqa would measure every time whether int8 is faster.
    """
    for name in Settings.__dataclass_fields__:
        monkeypatch.delenv(f"DOCQA_{name.upper()}", raising=False)
    monkeypatch.setenv("DOCQA_PRECISION", "float32")
    monkeypatch.setenv("DOCQA_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def garbage_collection_as_before() -> Iterator[None]:
    """Take back what the app changes: Hypothesis warns if a long collection, its own, freezes all referrers."""
    threshold = gc.get_threshold()
    yield
    gc.callbacks[:] = [callback for callback in gc.callbacks if not callback.__module__.startswith("docqa")]
    gc.set_threshold(*threshold)
    gc.unfreeze()


@pytest.fixture(scope="session")
def tiny_reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_reader(tmp_path_factory.mktemp("tiny-reader"), f"{PROSE} {GENERAL_WORDS}")


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.make_encoder(tmp_path_factory.mktemp("tiny-encoder"), PROSE)


@pytest.fixture(scope="session")
def tiny_settings(tiny_reader: Path, tiny_encoder: Path) -> Settings:
    """Random weights, small windows, no threshold: for tests that don't depend on correct answers."""
    return Settings(
        reader=str(tiny_reader),
        encoder=str(tiny_encoder),
        device="cpu",
        precision="float32",
        max_seq_length=72,
        doc_stride=12,
        threshold=0,
    )


@pytest.fixture(scope="session")
def sample_collection() -> Iterator[Collection]:
    """The sample documents, opened with the bundled models."""
    engine = Engine(Settings(device="cpu", threshold=0), ArrayStore(None))
    yield engine.open(
        [SAMPLES / name for name in ("harbour-report.pdf", "expedition-journal.txt", "staff-handbook.md")]
    )
