"""The child process of a comparison: it loads once, then runs one task per command.

Uses only the standard library, because `benchmarks.haystack` runs it in another environment. Commands are lines of JSON
on stdin, replies are lines of JSON on stdout. Between commands the process blocks on the pipe and uses no CPU time.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Work = Callable[[Any], Any]


def serve(load: Callable[[], Work]) -> None:
    """Load, report how long it took, and run tasks until stdin is closed."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Keep libraries' output out of the replies.

    def reply(seconds: float, output: object) -> None:
        replies.write(json.dumps({"seconds": seconds, "peak": peak(), "output": output}) + "\n")
        replies.flush()

    began = time.perf_counter()
    work = load()
    reply(time.perf_counter() - began, None)
    for line in sys.stdin:
        command = json.loads(line)
        began = time.perf_counter()
        output = work(command)
        reply(time.perf_counter() - began, output)


def peak() -> float:
    """Return the peak resident memory of this process in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage includes the parent's peak from before the exec.
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform != "darwin" else most / 1024**2
