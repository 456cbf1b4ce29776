"""The side that opens a document with docqa until a question can be asked.

    python -m benchmarks.opener PATH

A command is the folder of the index, an empty one for a first opening; whether the models are loaded anew, as a new
process has to; and whether the reader is then one that was never loaded on this machine. Imports are not part of it.
"""

import shutil
import sys
from pathlib import Path

from benchmarks.side import Work, serve
from docqa import config, paths
from docqa.array_store import ArrayStore
from docqa.engine import Engine


def load() -> Work:
    """Load the reader, and open the document once, so that everything is imported."""
    settings = config.load({"device": "cpu"})
    engine = Engine(settings, ArrayStore(None))
    engine.wait_until_loaded()
    engine.open([sys.argv[1]])

    def open_in(command: tuple[str, bool, bool]) -> int:
        folder, anew, unknown = command
        if unknown:
            shutil.rmtree(paths.cache_dir() / "readers", ignore_errors=True)
        using = Engine(settings) if anew else engine
        using.store = ArrayStore(Path(folder))
        using.load_in_background()
        collection = using.open([sys.argv[1]])
        using.wait_until_loaded()
        return collection.windows_total

    return open_in


if __name__ == "__main__":
    serve(load)
