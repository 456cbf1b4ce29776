"""Worker that opens a document with docqa until a question can be asked.

    python -m benchmarks.opener PATH

A command has three fields: the index folder (empty for a first opening); whether to reload the models, as a new process
must; and whether to treat the reader as never loaded on this machine. Imports are not timed.
"""

import shutil
import sys
from pathlib import Path

from benchmarks.worker import Work, serve
from docqa import config, paths
from docqa.array_store import ArrayStore
from docqa.engine import Engine


def load() -> Work:
    """Load the reader and open the document once, to complete all imports."""
    settings = config.load({"device": "cpu"})
    engine = Engine(settings, ArrayStore(None))
    engine.wait_until_loaded()
    engine.open([sys.argv[1]])

    def open_in(command: tuple[str, bool, bool]) -> int:
        folder, reload, new_reader = command
        if new_reader:
            shutil.rmtree(paths.cache_dir() / "readers", ignore_errors=True)
        opener = Engine(settings) if reload else engine
        opener.store = ArrayStore(Path(folder))
        opener.load_in_background()
        collection = opener.open([sys.argv[1]])
        opener.wait_until_loaded()
        return collection.windows_total

    return open_in


if __name__ == "__main__":
    serve(load)
