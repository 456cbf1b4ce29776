"""A parser as a hostile file would like it: for a worker process, which imports it by name."""

import os
import time

from docqa.documents.document import Document
from docqa.documents.formats import parse
from docqa.documents.source import Source
from docqa.progress import Monitor

REFERENCE = f"{__name__}:parse_hostile"


def parse_hostile(source: Source, monitor: Monitor) -> Document:
    """Do what the file says."""
    monitor.update("reading pages", source.name, 3, 9)
    match source.data:
        case b"loop":
            while True:
                pass
        case b"sleep":
            time.sleep(1_000)
        case b"abort":
            os.abort()
        case b"print":
            os.write(1, b"\0" * 100)
    return parse(Source("a.txt", b"It is done."))
