"""The training screen in each state, from simulated worker events."""

from collections.abc import Awaitable, Callable, Sequence
from threading import Event
from typing import Any

from textual.pilot import Pilot

from docqa.datasets import Issue, IssueEffect, IssueKind, LoadReport
from docqa.errors import DocqaError
from docqa.tui.screens.training import TrainingScreen
from docqa.tui.state.training import TrainingFacts, TrainingPairs
from docqa.tui.workers.events import DocumentsFound, DocumentsOpened
from docqa.tui.workers.training_facts import FactsFound, PairsChecked
from docqa.tui.workers.training_process import TrainingEnded, TrainingReported
from support.stage import NoCollection, StillApp

HOME = "/home/kit"
CORRECTIONS = f"{HOME}/data/corrections.jsonl"
FACTS = TrainingFacts(("bundled", "distilbert"), "bundled", "bundled", "corrections", ())

State = Callable[[Pilot[Any]], Awaitable[None]]


class StillTraining(TrainingScreen):
    """The training screen without its workers; tests post their messages."""

    def find_facts(self, file: str) -> None:
        """Do nothing: tests post the facts."""

    def check_pairs(self, file: str, cancel: Event) -> None:
        """Do nothing: tests post the pairs."""

    def follow(self, process: Any, arguments: Callable[[], Sequence[str]]) -> None:
        """Don't start training."""


async def shown(pilot: Pilot[Any], facts: TrainingFacts, pairs: TrainingPairs) -> StillTraining:
    app = pilot.app
    assert isinstance(app, StillApp)
    app.questions.handle(DocumentsFound(()))
    app.questions.handle(DocumentsOpened(NoCollection()))  # type: ignore[arg-type]
    app.uninstall_screen(app.models.training)
    app.models.training = screen = StillTraining("auto")
    app.install_screen(screen, "training")
    await pilot.press("tab", "T")
    await pilot.pause()
    screen.post_message(FactsFound(facts))
    screen.post_message(PairsChecked(pairs))
    await pilot.pause()
    await pilot.pause()
    return screen


def checked(pairs: int, answerable: int, contexts: int, documents: int, split: str) -> TrainingPairs:
    report = LoadReport((CORRECTIONS,), pairs + 1, pairs, answerable, 0, contexts, documents)
    message = "'Who lit the beacon?' and its answer stand at line 3 already"
    report.add(Issue(IssueKind.DUPLICATE, IssueEffect.MERGED, CORRECTIONS, "line 9", message, "kept once"))
    return TrainingPairs(CORRECTIONS, report, split)


SPLIT = "29 pairs to train and 8 to test, split by document: no document is in both parts"


async def before(pilot: Pilot[Any]) -> None:
    await shown(pilot, FACTS, checked(37, 31, 21, 6, SPLIT))


async def few(pilot: Pilot[Any]) -> None:
    report = LoadReport((CORRECTIONS,), 1, 1, 1, 0, 1, 1)
    await shown(pilot, FACTS, TrainingPairs(CORRECTIONS, report, error=DocqaError("pairs from at least two passages")))


async def unfinished(pilot: Pilot[Any]) -> None:
    facts = TrainingFacts(("bundled",), "bundled", "bundled", "corrections-2", ("corrections", "harbour"))
    await shown(pilot, facts, checked(37, 31, 21, 6, SPLIT))


async def begun(pilot: Pilot[Any]) -> StillTraining:
    screen = await shown(pilot, FACTS, checked(37, 31, 21, 6, SPLIT))
    await pilot.press("enter")
    reported: list[dict[str, Any]] = [
        {"event": "note", "text": "37 pairs on 21 contexts of 6 documents: 31 answerable, 6 unanswerable"},
        {"event": "note", "text": SPLIT},
    ]
    for step in range(1, 32):
        left = 2.1 * (72 - step)
        event = {"event": "progress", "stage": "training", "item": "", "step": step, "total": 72}
        reported.append(event | {"rate": 7.6, "seconds_left": left, "loss": 2.4 / step**0.4 + (step % 3) / 9})
    screen.post_message(TrainingReported(reported))
    await pilot.pause()
    return screen


async def during(pilot: Pilot[Any]) -> None:
    await begun(pilot)


async def stopped(pilot: Pilot[Any]) -> None:
    screen = await begun(pilot)
    screen.post_message(TrainingEnded(130, resumable=True))
    await pilot.pause()


async def failed(pilot: Pilot[Any]) -> None:
    screen = await begun(pilot)
    screen.post_message(TrainingEnded(-9, resumable=True))
    await pilot.pause()


def report(before: float, after: float, general: float) -> dict[str, Any]:
    def figures(test: float, general: float) -> dict[str, Any]:
        return {
            "test": {"exact": test - 9.5, "f1": test, "total": 8},
            "general": {"exact": general - 8, "f1": general, "total": 150},
        }

    metrics = {"before": figures(before, 57.6), "after": figures(after, general)}
    folder = f"{HOME}/data/models/reader/corrections"
    return {"better": after > before, "folder": folder, "training": {"metrics": metrics, "in_use": None}}


async def better(pilot: Pilot[Any]) -> None:
    screen = await begun(pilot)
    screen.post_message(TrainingEnded(0, report(61.3, 74.8, 56.1)))
    await pilot.pause()


async def worse(pilot: Pilot[Any]) -> None:
    screen = await begun(pilot)
    screen.post_message(TrainingEnded(0, report(61.3, 58.0, 57.9)))
    await pilot.pause()


STATES: tuple[State, ...] = (before, few, during, better, failed, unfinished, stopped, worse)
