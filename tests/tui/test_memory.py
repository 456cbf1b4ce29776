"""What is no longer shown is let go, however long the app runs. `benchmarks.soak` measures it."""

import gc
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from weakref import ref

import pytest
from support.engines import Engines
from support.stage import Gate, ask, ask_and_wait, until
from textual.widgets._footer import FooterKey

from docqa.config import Settings
from docqa.reader.reader import Reader
from docqa.tui.app import DocqaApp


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


async def test_screens_that_were_closed_are_let_go_while_nobody_waits(
    engines: Engines, lighthouse: str, held_reading: Gate
) -> None:
    app = engines.app([lighthouse], Settings())
    full: list[bool] = []

    def collecting(phase: str, info: dict[str, int]) -> None:
        if phase == "start" and info["generation"] == 2:
            full.append(app.questions.session.running is None)

    async with app.run_test() as pilot:
        held_reading.pass_on.set()
        await ask_and_wait(pilot, "When was the lighthouse built?")
        gc.collect()
        await pilot.press("question_mark")
        closed = ref(app.screen)
        await pilot.press("escape")
        held_reading.pass_on.clear()
        asked = await ask(pilot, "Who was the keeper?")
        await until(pilot, held_reading.reached.is_set)
        gc.callbacks.append(collecting)
        try:
            kept: list[list[int]] = []
            while gc.get_count()[2] < 6:  # A collection is due, and can wait.
                kept.append([])
            held_reading.pass_on.set()
            await until(pilot, lambda: not asked.pending and closed() is None, "the closed screen to be let go")
        finally:
            gc.callbacks.remove(collecting)
        assert full and all(full)


async def test_an_engine_that_was_replaced_is_let_go(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test() as pilot:
        await ask_and_wait(pilot, "When was the lighthouse built?")
        before = ref(engines.made.pop())
        app.questions.use_settings(Settings(max_seq_length=320))
        await until(pilot, lambda: app.questions.opening is None and app.questions.collection is not None)
        await ask_and_wait(pilot, "Who was the keeper?")
        await until(pilot, lambda: gc.collect() >= 0 and before() is None, "the engine before to be let go")


@pytest.fixture
def without_collections() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("without_collections")
async def test_a_reader_stays_loaded_until_another_takes_its_place(
    lighthouse: str, tiny_settings: Settings, tmp_path: Path
) -> None:
    """It is let go at once, and isn't in memory beside the other one until the next collection."""
    app = DocqaApp([lighthouse], tiny_settings)
    async with app.run_test() as pilot:

        async def reader_with(settings: Settings) -> Reader:
            app.questions.use_settings(settings)
            await until(pilot, lambda: app.questions.opening is None and app.questions.collection is not None)
            await ask_and_wait(pilot, "When was the lighthouse built?")
            assert app.questions.collection is not None
            assert app.questions.collection.engine.settings == settings
            return app.questions.collection.engine.reader

        first = await reader_with(tiny_settings)
        assert await reader_with(replace(tiny_settings, doc_stride=4)) is first
        assert await reader_with(replace(tiny_settings, doc_stride=4, max_answer_length=4, top=2)) is first
        before = ref(first)
        del first
        copy = shutil.copytree(tiny_settings.reader, tmp_path / "reader")
        await reader_with(replace(tiny_settings, reader=str(copy)))
        await until(pilot, lambda: before() is None, "the reader before to be let go")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others keep no freed memory")
def test_what_a_thread_has_freed_is_given_back() -> None:
    """Readers are loaded in a thread each. Without `keep_little_freed_memory` its arena keeps most of the 60 MB."""
    program = """
import re, sys, threading
from docqa.freed_memory import keep_little_freed_memory
def resident(): return int(re.search("VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
if sys.argv[1] == "little": keep_little_freed_memory()
bytes(20_000_000)  # What was large once is no longer mapped on its own.
before = resident()
thread = threading.Thread(target=lambda: [bytearray(b"x" * 600_000) for _ in range(100)] and None)
thread.start()
thread.join()
print(resident() - before)
"""
    kept = {
        how: int(
            subprocess.run([sys.executable, "-c", program, how], capture_output=True, text=True, check=True).stdout
        )
        for how in ("little", "much")
    }
    assert kept["little"] < 8 < kept["much"]
