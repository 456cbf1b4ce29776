"""The process that `benchmarks.fuzz` has the files parsed in, many one after the other: it may crash or hang.

Commands are lines of JSON on stdin: a file's path, the seed of its mutation with the file to splice from, or none, and
whether docqa is to parse it in a process of its own, with limits, as its commands do. The reply is one line of JSON:
what came of it.
"""

import json
import os
import sys
import traceback
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.invariants import check_document, check_pairs
from benchmarks.mutations import Mutation, mutate
from docqa import documents
from docqa.datasets.loading import load
from docqa.documents import Source
from docqa.errors import DocqaError

PAIRS = {".json", ".jsonl", ".csv", ".tsv"}
_BUG = "please report it"  # Of `docqa.errors.unexpected`.


def outcome(command: dict[str, Any]) -> dict[str, Any]:
    """Mutate and parse one file: "opened", "refused" with a message, or "crash" with the exception."""
    file = Path(command["file"])
    mutation = Mutation(file.read_bytes(), ())
    if command["seed"] is not None:
        mutation = mutate(mutation.data, Path(command["other"]).read_bytes(), Random(command["seed"]))
    kept = Path(command["kept"]).with_suffix(file.suffix)
    kept.write_bytes(mutation.data)
    return {"changes": mutation.changes, **_parsed(kept, mutation.data, command["isolated"])}


def _parsed(file: Path, data: bytes, isolated: bool) -> dict[str, Any]:
    try:
        if file.suffix in PAIRS:
            check_pairs(load([file]))
        else:
            parse = documents.parse_isolated if isolated else documents.parse
            check_document(parse(Source(str(file), data)))
    except DocqaError as error:
        str(error).encode()
        message = error.message.replace(str(file), "FILE")
        if _BUG not in error.hint:
            return {"status": "refused", "message": message}
        at = error.__cause__ or error
        return {"status": "crash", "message": message, "at": _where(at)}
    except Exception as error:  # noqa: BLE001 - what this is looking for
        return {"status": "crash", "message": f"{type(error).__name__}: {error}", "at": _where(error)}
    return {"status": "opened"}


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))


def main() -> None:
    """Serve until stdin is closed."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Keep libraries' output out of the replies.
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line))), file=replies, flush=True)


if __name__ == "__main__":
    main()
