"""What docqa reads in a file, as JSON, by the docqa of any environment, also an older one.

    PYTHON -P benchmarks/parsed.py FILE [--serve]

It is run as a script, with -P: so `import docqa` finds the version of PYTHON's environment, not this checkout's.
Without --serve it prints `described`. With it, it is a `benchmarks.measuring.Worker` that parses the file once a
command, in one process, and returns the number of pages.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
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


def load(file: Path) -> Callable[[object], int]:
    """Read the file and parse it once. Each task parses it again."""
    for name in _PARSERS:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        if hasattr(module, "parse"):
            break
    source = Source(str(file), file.read_bytes())

    def parse(_: object) -> int:
        pages: int = module.parse(source, Monitor(), processes=1).page_count
        return pages

    return parse


def main() -> None:
    """Print the document, or serve."""
    file = Path(sys.argv[1])
    if "--serve" in sys.argv:
        # The protocol is this checkout's. It is imported after docqa, and the path is as it was before docqa uses it.
        sys.path.insert(0, str(Path(__file__).parent.parent))
        from benchmarks.worker import serve

        del sys.path[0]
        serve(lambda: load(file))
    else:
        os.environ["DOCQA_DEBUG"] = "1"  # What is not foreseen is a crash, not a message.
        json.dump(described(file), sys.stdout)


if __name__ == "__main__":
    main()
