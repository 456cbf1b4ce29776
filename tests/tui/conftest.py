"""Fixtures for tests of the app: one engine with a loaded reader for all tests, and small documents."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.engines import Engines
from support.stage import Gate

from docqa.config import Settings
from docqa.engine import Engine

LIGHTHOUSE = """The Harrow Point lighthouse

The lighthouse on Harrow Point was built in 1874 by the engineer Ada Marsh. It stands 41 metres high.
Its lamp burned whale oil until 1902, when it was changed to electric light.

The keeper in 1911 was Tobias Wren, who lived there with his two daughters and a parrot.
"""

BAKERY = """Notes of a bakery

The oven of the bakery in Mill Street is fired with beech wood.
The baker, Ludmila Novak, sells rye bread on Tuesdays and plum cake on Saturdays.
"""


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Isolate the tests from the user's directories."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DOCQA_HOME", str(folder))
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("COLORTERM", "truecolor")
        yield folder


@pytest.fixture(scope="session")
def loaded(home: Path) -> Engine:
    """An engine with loaded weights, shared because loading takes seconds."""
    engine = Engine(Settings())
    engine.wait_until_loaded()
    if engine.encoder is not None:
        engine.encoder.load()
    return engine


@pytest.fixture
def engines(loaded: Engine) -> Engines:
    """A factory of apps with real engines that share one loaded reader."""
    return Engines(loaded)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], str]:
    """Return a function that writes a file to a temporary current directory and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, text: str) -> str:
        Path(name).write_text(text, encoding="utf-8")
        return name

    return write_file


@pytest.fixture
def lighthouse(write: Callable[[str, str], str]) -> str:
    """A text file about a lighthouse."""
    return write("lighthouse.txt", LIGHTHOUSE)


@pytest.fixture
def bakery(write: Callable[[str, str], str]) -> str:
    """A text file about a bakery."""
    return write("bakery.txt", BAKERY)


@pytest.fixture
def held_opening(engines: Engines) -> Gate:
    """A gate at which every document waits before it is opened."""
    engines.opening_gate = Gate()
    return engines.opening_gate


@pytest.fixture
def held_reading(engines: Engines) -> Gate:
    """A gate at which every batch of windows waits before it is read, even if it is cancelled."""
    engines.reading_gate = Gate()
    return engines.reading_gate
