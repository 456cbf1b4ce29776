"""The models screen, a pull, a confirmation, a comparison and the settings."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from docqa import config
from docqa.config import Origin
from docqa.errors import DocqaError
from docqa.models.registry import Model, ModelKind
from docqa.progress import Progress
from docqa.tui.screens.models import ModelsScreen
from docqa.tui.screens.settings import SettingsScreen
from docqa.tui.state.models_list import KnownModel
from docqa.tui.widgets.table import RowTable
from docqa.tui.workers.comparison import (
    ComparedQuestion,
    ComparisonAdvanced,
    ComparisonEnded,
    ComparisonRequest,
    QuestionCompared,
)
from docqa.tui.workers.events import EngineStarted
from docqa.tui.workers.model_pull import PullAdvanced, PullEnded
from support.stage import StillApp, StillComparison, answer, paged, result, type_in, until

FOLDER = Path("/home/ada/.local/share/docqa/models")
LISTED = [
    KnownModel(Model("bundled", ModelKind.READER, Path("/opt/docqa/reader"), "bundled"), 45_600_000, threshold=0.5),
    KnownModel(
        Model("distilbert", ModelKind.READER, FOLDER / "reader/distilbert", "pulled"),
        265_400_000,
        threshold=0.3,
        repo="distilbert/distilbert-base-uncased-distilled-squad",
    ),
    KnownModel(
        Model("harbour", ModelKind.READER, FOLDER / "reader/harbour", "trained"),
        45_700_000,
        exact=71.2,
        f1=80.5,
        questions=234,
        threshold=0.42,
        base="bundled",
    ),
    KnownModel(Model("bundled", ModelKind.ENCODER, Path("/opt/docqa/retriever"), "bundled"), 16_100_000),
]

State = Callable[[Pilot[Any]], Awaitable[None]]


class StillModels(ModelsScreen):
    """The models screen without its workers."""

    def _list_models(self) -> None:
        """Don't search for models."""

    def _pull(self, repo: str, cancel: Event) -> None:
        """Don't pull anything."""


async def _models(pilot: Pilot[Any]) -> ModelsScreen:
    app = pilot.app
    assert isinstance(app, StillApp)
    app.questions.handle(EngineStarted("harbour", "bundled"))
    screen = StillModels({ModelKind.READER: "harbour", ModelKind.ENCODER: "bundled"})
    app.push_screen(screen)
    await pilot.pause()
    screen.post_message(ModelsScreen.ModelsListed(LISTED))
    await until(pilot, lambda: screen.query_one(RowTable).row_count == len(LISTED))
    return screen


async def listed(pilot: Pilot[Any]) -> None:
    await _models(pilot)


async def pulling(pilot: Pilot[Any]) -> None:
    screen = await _models(pilot)
    await pilot.press("p")
    await type_in(pilot, "distil")
    await pilot.press("enter")
    await until(pilot, lambda: pilot.app.screen is screen)
    screen.post_message(PullAdvanced(Progress("downloading", LISTED[1].repo, 92_000_000, 265_400_000)))
    await pilot.pause()


async def offline(pilot: Pilot[Any]) -> None:
    screen = await _models(pilot)
    error = DocqaError("cannot reach the model hub (hub.example.org)", "the bundled reader still works")
    screen.post_message(PullEnded("distilbert", error))
    await pilot.pause()


async def catalogue(pilot: Pilot[Any]) -> None:
    await _models(pilot)
    await pilot.press("p")
    await pilot.pause()


async def confirming(pilot: Pilot[Any]) -> None:
    await _models(pilot)
    await pilot.press("k", "x")
    await pilot.pause()


_REPORT = paged(
    "report.pdf",
    [["The mate was Knut Dyrnes, the cook Matteo Bellandi.", "The dues came to 9,230 crowns in all."]],
)


def _result(question: str, text: str, probability: float) -> Any:
    found = [answer(_REPORT, text, probability, 1)]
    return result(question, found) if probability >= 0.3 else result(question, closest=found)


_COMPARED = [
    (("Who was the mate of the Aurelia?", "Knut Dyrnes", 0.91), ("Knut Dyrnes", 0.97), ("Knut Dyrnes",)),
    (("Who cooked for them on the way north?", "Knut Dyrnes", 0.42), ("Matteo Bellandi", 0.66), ("Matteo Bellandi",)),
    (("How much were the dues?", "9,230 crowns in all", 0.55), ("9,230 crowns", 0.21), ()),
    (("What is the capital of Mongolia?", "crowns", 0.04), ("the cook", 0.02), ("",)),
]


async def _comparing(pilot: Pilot[Any]) -> StillComparison:
    mine = SimpleNamespace(engine=SimpleNamespace(reader=SimpleNamespace(name="bundled")))
    asked: Any = tuple(one[0] for one, _, _ in _COMPARED)
    screen = StillComparison(ComparisonRequest(mine, "harbour", asked), None)  # type: ignore[arg-type]
    pilot.app.push_screen(screen)
    await pilot.pause()
    return screen


async def comparing(pilot: Pilot[Any]) -> None:
    screen = await _comparing(pilot)
    screen.post_message(ComparisonAdvanced(Progress("embedding", "report.pdf", 12, 48)))
    await pilot.pause()


async def compared(pilot: Pilot[Any]) -> None:
    screen = await _comparing(pilot)
    for (question, *first), second, right in _COMPARED:
        one = ComparedQuestion(question, _result(question, *first), _result(question, *second), right)  # type: ignore[arg-type]
        screen.post_message(QuestionCompared(one))
    screen.post_message(ComparisonEnded())
    await until(pilot, lambda: screen.query_one(RowTable).row_count == len(_COMPARED))


class StillSettings(SettingsScreen):
    """The settings screen without its workers."""

    def _read(self) -> None:
        """Don't read anything."""


_LAYERS = {
    Origin.DEFAULT: {},
    Origin.FILE: {"top": 3, "viewer": "okular --page {page} {file}"},
    Origin.ENVIRONMENT: {"threshold": 0.4},
    Origin.FLAG: {"doc_stride": 64},
}


async def settings(pilot: Pilot[Any]) -> None:
    screen = StillSettings(config.merged(_LAYERS), {}, {ModelKind.READER: "harbour", ModelKind.ENCODER: "bundled"})
    pilot.app.push_screen(screen)
    await pilot.pause()
    screen.post_message(SettingsScreen.SettingsLoaded(_LAYERS, {}))
    await pilot.pause()
    screen.query_one(RowTable).move_cursor(row=config.names().index("threshold"))
    await pilot.pause()


async def refused(pilot: Pilot[Any]) -> None:
    await settings(pilot)
    await pilot.press("k", "enter")
    pilot.app.screen.query_one(Input).value = "many"
    await pilot.pause()
    error = DocqaError("top is 'many'", "it has to be a whole number")
    pilot.app.screen.post_message(SettingsScreen.ChangeRejected(error))
    await pilot.pause()


STATES: tuple[State, ...] = (listed, pulling, offline, catalogue, confirming, comparing, compared, settings, refused)
