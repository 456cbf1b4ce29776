"""The side that opens a document with docqa until a question can be asked.

    python -m benchmarks.opener PATH

A command is the folder of the index, an empty one for a first opening, and whether the models are loaded anew, as a new
process has to; its imports are not part of it.
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

    def open_in(command: tuple[str, bool]) -> int:
        folder, anew = command
        using = Engine(settings) if anew else engine
        using.store = Store(Path(folder))
        using.load_in_background()
        collection = using.open([sys.argv[1]])
        using.wait_until_loaded()
        return collection.windows_total

    return open_in


if __name__ == "__main__":
    serve(load)
