"""The evidence strip: windows map to columns, and the most likely window is always visible."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.engines import Engines
from support.stage import StillApp, ask_and_wait, evidence, paged, pane_text, sees

from docqa.config import Settings
from docqa.engine import Engine
from docqa.explanation import short
from docqa.tui.state.evidence import columns, evidence_by_document, strip

_DOCUMENT = paged("a.pdf", [["word " * 200]])
_WORTH = st.lists(st.one_of(st.just(float("nan")), st.floats(0, 1)), min_size=1, max_size=60)


@given(_WORTH, st.integers(1, 120))
def test_a_strip_is_as_wide_as_asked_and_shows_the_likeliest_window(worth: list[float], width: int) -> None:
    made = evidence(_DOCUMENT, *worth)
    drawn, windows = strip(made, width)
    assert len(drawn) == len(windows) == width
    assert windows == sorted(windows)
    read = ~np.isnan(made.probabilities)
    if not read.any():
        assert set(drawn) == {"·"}
    else:
        best = np.nanmax(made.probabilities)
        assert max(made.probabilities[window] for window in windows if read[window]) == best
    for number in range(len(made)):
        first, last = columns(windows, number)
        assert 0 <= first < last <= width


def test_without_columns_none_stands_for_a_window() -> None:
    drawn, windows = strip(evidence(_DOCUMENT, 0.5), 0)
    assert (drawn, columns(windows, 0)) == ("", (0, 0))


async def test_a_terminal_too_narrow_for_the_strip_shows_none(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(4, 24)) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        await pilot.press("v", "l")
        await pilot.pause()
        assert asked.shown and pane_text(app.main.evidence).strip() == ""


def test_a_strip_says_how_likely_each_part_is() -> None:
    drawn, windows = strip(evidence(_DOCUMENT, 0.0, 0.5, 0.99, float("nan")), 8)
    assert (drawn, windows) == ("▁▁▅▅██··", [0, 0, 1, 1, 2, 2, 3, 3])


async def test_the_evidence_of_a_real_question_is_over_its_document(engines: Engines, lighthouse: str) -> None:
    app = engines.app([lighthouse], Settings())
    async with app.run_test(size=(160, 45)) as pilot:
        asked = await ask_and_wait(pilot, "When was the lighthouse built?")
        (made,) = asked.evidence.values()
        assert made.probabilities.max() == asked.shown[0].probability
        await pilot.press("v")
        await pilot.pause()
        drawn, _ = strip(made, app.main.evidence.content_size.width)
        assert drawn.strip("·▁") and drawn in pane_text(app.main.evidence)
        assert "part 1 of 1" in pane_text(app.main.evidence)
        assert short(asked.shown[0].evidence, app.main.evidence.content_size.width) in pane_text(app.main.evidence)


def test_the_evidence_of_a_second_question_adds_only_what_is_its_own(loaded: Engine, tmp_path: Path) -> None:
    """A session keeps the evidence of every question, and a folder has thousands of windows."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("The keeper was Anna Holm. " * 400, encoding="utf-8")
    collection = loaded.open([tmp_path])
    one, other = (
        evidence_by_document(collection, progress)
        for question in ("Who was the keeper?", "Where?")
        for *_, progress in [collection.search(question)]
    )
    for number, opened in enumerate(collection.opened):
        mine, yours = one[opened.document.name], other[opened.document.name]
        assert len(mine) > 1
        assert np.shares_memory(mine.starts, yours.starts) and np.shares_memory(mine.ends, yours.ends)
        windows = [
            window for window in range(collection.windows_total) if collection.locate_window(window)[0] == number
        ]
        spans = [collection.locate_window(window)[1:] for window in windows]
        assert list(zip(mine.starts, mine.ends, strict=True)) == spans
    ranks = [rank for each in one.values() for rank in each.ranks.tolist()]
    assert sorted(ranks) == list(range(1, collection.windows_total + 1))


@pytest.mark.parametrize(
    ("columns", "summary"),
    [
        (90, "part 1 of 3 · number 1 in the search · best answer 94%, very likely"),
        (64, "part 1 of 3 · number 1 · best answer 94%, very likely"),
        (48, "part 1 of 3 · number 1 · 94%, very likely"),
        (30, "1 of 3 · 94%, very likely"),
    ],
)
async def test_on_a_narrow_terminal_it_is_said_in_fewer_words(columns: int, summary: str) -> None:
    app = StillApp()
    async with app.run_test(size=(columns, 24)) as pilot:
        strip = app.main.evidence
        app.main.panes.show_sidebar(False)
        await pilot.pause()
        strip.show(evidence(paged("a.pdf", [["It is blue."] * 9]), 0.94, 0.1, float("nan")), 0)
        await pilot.pause()
        strip.focus()
        await sees(pilot, strip, summary)
