"""The side that opens a document with docqa, its models loaded, until a question can be asked.

    python -m benchmarks.opener PATH

A command is the folder of the index: an empty one makes it a first opening.
"""

import sys
from pathlib import Path

from benchmarks.side import Work, serve
from docqa import config
from docqa.engine import Engine
from docqa.index import Store


def load() -> Work:
    """Load the reader, and open the document once, so that everything is imported."""
    settings = config.load({"device": "cpu"})
    engine = Engine(settings, Store(None))
    engine.wait_until_loaded()
    engine.open([sys.argv[1]])

    def open_in(folder: str) -> int:
        # Models are loaded; an index is all that a folder brings.
        fresh = Engine(settings, Store(Path(folder)))
        collection = fresh.open([sys.argv[1]])
        fresh.wait_until_loaded()
        return collection.windows_total

    return open_in


if __name__ == "__main__":
    serve(load)
