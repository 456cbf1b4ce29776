"""Worker for docqa: opens the documents once, then answers questions.

    python -m benchmarks.ours SETTINGS_AS_JSON PATH...

A command is a question, or a list of questions for `Collection.ask_all`.
"""

import json
import sys

import docqa
from benchmarks.worker import Work, serve
from docqa.answers import Result


def load() -> Work:
    """Open the documents and wait until the reader is loaded."""
    collection = docqa.open(*sys.argv[2:], **{"device": "cpu", "threshold": 0.0, "top": 1} | json.loads(sys.argv[1]))
    collection.engine.wait_until_loaded()

    def ask(command: str | list[str]) -> str | list[str]:
        if isinstance(command, str):
            return _text(collection.ask(command))
        return [_text(result) for result in collection.ask_all(command)]

    return ask


def _text(result: Result) -> str:
    return result.answers[0].text if result.answers else ""


if __name__ == "__main__":
    serve(load)
