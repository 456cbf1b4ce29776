"""Real engines for tests of the app (its `make_engine`) that share one loaded reader and can be blocked."""

from typing import Any

from docqa.config import Settings
from docqa.engine import Engine
from docqa.progress import Monitor
from docqa.reader.reader import Reader
from docqa.tui.app import DocqaApp
from docqa.tui.inline import InlineApp
from support.stage import Gate


class GatedEngine(Engine):
    """An engine that waits at a gate before opening a document."""

    gate: Gate | None = None

    def index(self, path: str, monitor: Monitor, password: str | None = None) -> Any:
        """Wait, then open the document."""
        if self.gate is not None:
            self.gate.hold(monitor)
        return super().index(path, monitor, password)


class GatedReader:
    """A reader that waits at a gate before reading a batch of windows, even if it is cancelled."""

    def __init__(self, reader: Reader, gate: Gate) -> None:
        self._reader = reader
        self._gate = gate

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def read_pairs(self, *args: Any) -> Any:
        """Wait, then read the windows."""
        self._gate.hold()
        return self._reader.read_pairs(*args)


class Engines:
    """A factory of engines that share the reader and encoder of `loaded`, and of apps that use them."""

    def __init__(self, loaded: Engine) -> None:
        self.loaded = loaded
        self.made: list[Engine] = []
        """Newest last."""
        self.kind: type[Engine] = GatedEngine
        self.opening_gate: Gate | None = None
        """Every document waits here before it is opened."""
        self.reading_gate: Gate | None = None
        """Every batch of windows waits here before it is read."""

    def __call__(self, settings: Settings) -> Engine:
        engine = self.kind(settings)
        if engine.reader.name == self.loaded.reader.name:
            engine.reader, engine.encoder = self.loaded.reader, self.loaded.encoder
        if isinstance(engine, GatedEngine):
            engine.gate = self.opening_gate
        if self.reading_gate is not None:
            engine.reader = GatedReader(engine.reader, self.reading_gate)  # type: ignore[assignment]
        self.made.append(engine)
        return engine

    def app(self, paths: list[str], *args: Any, **kwargs: Any) -> DocqaApp:
        """Return the app, using these engines."""
        return DocqaApp(paths, *args, make_engine=self, **kwargs)

    def inline(self, paths: list[str], *args: Any, **kwargs: Any) -> InlineApp:
        """Return the inline app, using these engines."""
        return InlineApp(paths, *args, make_engine=self, **kwargs)
