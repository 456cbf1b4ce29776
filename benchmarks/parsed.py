"""What docqa reads in a file, as JSON, by the docqa of any environment, also an older one.

    PYTHON -P benchmarks/parsed.py FILE [--parse | --open]

It is run as a script, with -P: so `import docqa` finds the version of PYTHON's environment, not this checkout's.
Without an option it prints `described`. With one it is a `benchmarks.measuring.Worker`: each command parses the file in
one process, or opens it as a first opening does, until a question can be asked. It returns the processor time.
"""

import gc
import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from docqa import documents
from docqa.documents import Source
from docqa.errors import DocqaError
from docqa.progress import Monitor

_PARSERS = ("docqa.documents.pdf.parser", "docqa.documents.pdf")  # The latter up to 7e0e471.


def command(python: str | Path, *arguments: object) -> list[str]:
    """Return the command that runs this file with an interpreter."""
    return [str(python), "-P", str(Path(__file__)), *map(str, arguments)]


def described(file: Path) -> dict[str, Any]:
    """Parse a file. Returns the fields of `Document` and the seconds, or the message and hint of the refusal.

    Lines are lists of start, end, page and number. Versions without blocks and tables have none.
    """
    began = time.perf_counter()
    try:
        document: Any = documents.parse(Source(str(file), file.read_bytes()))
    except DocqaError as error:
        return {"refused": error.message, "hint": error.hint, "seconds": time.perf_counter() - began}
    seconds = time.perf_counter() - began
    lines = document.lines
    return {
        "text": document.text.encode("utf-8", "replace").decode("utf-8"),
        "body_end": document.body_end,
        "lines": np.stack([lines.starts, lines.ends, lines.pages, lines.numbers], axis=1).tolist(),
        "blocks": list(getattr(document, "blocks", ())),
        "tables": [
            {
                "start": table.start,
                "header_rows": table.header_rows,
                "header_columns": table.header_columns,
                "rows": table.grid(document.text),
                "row_starts": _row_starts(table),
            }
            for table in getattr(document, "tables", ())
        ],
        "pages": document.page_count,
        "warnings": list(document.warnings),
        "seconds": seconds,
    }


def _row_starts(table: Any) -> list[int]:
    """Return the offset at which each row begins, that of the row before for one without a cell of its own."""
    starts = [table.start] * table.row_count
    for row in range(table.row_count):
        own = [cell.start for cell in table.cells if cell.row == row]
        starts[row] = min(own) if own else starts[max(0, row - 1)]
    return starts


def parsing(file: Path) -> Callable[[object], float]:
    """Read the file, and parse it once, so that all is imported."""
    for name in _PARSERS:
        with suppress(ModuleNotFoundError):
            module = importlib.import_module(name)
            break
    source = Source(str(file), file.read_bytes())
    return _timed(lambda: module.parse(source, Monitor(), processes=1))


def opening(file: Path) -> Callable[[object], float]:
    """Open the file once."""
    import docqa

    def open_once() -> None:
        docqa.open(file, cache=False, device="cpu").engine.wait_until_loaded()

    return _timed(open_once)


def _timed(task: Callable[[], object]) -> Callable[[object], float]:
    task()

    def timed(_: object) -> float:
        gc.collect()  # Don't charge this task for the garbage of the previous one.
        began = _processor_time()
        task()
        return _processor_time() - began

    return timed


def _processor_time() -> float:
    """Return that of this process, and of those that it started and that ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def main() -> None:
    """Print the document, or serve."""
    file, option = Path(sys.argv[1]), sys.argv[2:3]
    if option:
        # The protocol is this checkout's. It is imported after docqa, which then has its own search path again.
        sys.path.insert(0, str(Path(__file__).parent.parent))
        from benchmarks.worker import serve

        del sys.path[0]
        serve(lambda: parsing(file) if option == ["--parse"] else opening(file))
    else:
        os.environ["DOCQA_DEBUG"] = "1"  # What is not foreseen is a crash, not a message.
        json.dump(described(file), sys.stdout)


if __name__ == "__main__":
    main()
