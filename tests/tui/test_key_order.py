"""Keys that arrive together, as over a slow connection, act in the order in which they were typed."""

from support.stage import StillApp, until
from textual import events

TYPED = ("x", "home", "y", "ctrl+u", "d", "o", "left", "h", "home", "W", "end", "t", "backspace")


async def test_in_a_line_letters_do_not_overtake_the_keys_between_them() -> None:
    app = StillApp()
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.main.question.has_focus)
        for key in TYPED:
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: app.main.question.value == "Wdhox", "the text that was typed")
