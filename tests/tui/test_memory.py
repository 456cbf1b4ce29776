"""What is no longer shown is let go, however long the app runs. `benchmarks.soak` measures it."""

import gc
from weakref import ref

from support.engines import Engines
from support.stage import ask_and_wait, until
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


async def test_a_reader_that_was_replaced_is_let_go(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        before = ref(engines.made.pop())
        app.questions.use_settings(Settings(max_answer_length=21))
        await until(pilot, lambda: app.questions.opening is None and app.questions.collection is not None)
        await ask_and_wait(pilot, "Who was the keeper?")
        await until(pilot, lambda: gc.collect() >= 0 and before() is None, "the reader before to be let go")
