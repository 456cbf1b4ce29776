"""What is no longer shown is let go, however long the app runs. `benchmarks.soak` measures it."""

import gc

from support.engines import Engines
from support.stage import ask_and_wait
from textual.widgets._footer import FooterKey

from docqa.config import Settings


def keys_in_memory() -> int:
    gc.collect()
    return sum(isinstance(each, FooterKey) for each in gc.get_objects())


async def test_keys_that_the_footer_no_longer_shows_are_let_go(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        before = keys_in_memory()
        for _ in range(6):
            await pilot.press("escape", "v", "d", "d", "i")  # Other panes, with other keys.
            await pilot.pause()
        assert keys_in_memory() < before + 40, "twice what a footer shows"


async def test_full_collections_run_once_documents_are_open(engines: Engines, lighthouse: str) -> None:
    """Closed screens and earlier answers are in cycles. Before that, a collection would only delay the app's start."""
    app = engines.app([lighthouse], Settings())
    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        assert gc.get_threshold()[2] < 100
