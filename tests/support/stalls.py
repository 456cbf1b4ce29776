"""Script: open a document in the app, ask a question, and print the longest stall of the event loop.

    python stalls.py DOCUMENT QUESTION

It needs a fresh process, because the workers' first imports cause the longest stalls.
Prints JSON: `longest` (the maximum delay of a scheduled task in seconds) and the first `answer`.
"""

import asyncio
import json
import sys
import time

from docqa.config import Settings
from docqa.tui.app import DocqaApp

_BEAT = 0.005  # Seconds.


async def _beat(late: list[float]) -> None:
    while True:
        before = time.perf_counter()
        await asyncio.sleep(_BEAT)
        late.append(time.perf_counter() - before - _BEAT)


async def main(document: str, question: str) -> None:
    app = DocqaApp([document], Settings(cache=False))
    late: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        beating = asyncio.create_task(_beat(late))
        app.main.question.value = question
        await pilot.press("enter")  # The app asks it when the document is open.
        assert app.questions.shown is not None
        while app.questions.shown.pending:
            await asyncio.sleep(_BEAT)
        await pilot.pause()
        beating.cancel()
        answers = app.questions.shown.result.answers if app.questions.shown.result else ()
    print(json.dumps({"longest": max(late), "answer": answers[0].text if answers else None}))


asyncio.run(main(*sys.argv[1:]))
