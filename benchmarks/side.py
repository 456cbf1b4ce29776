"""The child's end of a comparison: a process that loads once, and then does one unit of work at each command.

Standard library only: haystack's script runs it in an environment of its own. A command is a line of JSON on standard
input, the reply one on standard output. In between the process waits on the pipe, and uses no processor time.
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
    """Load, say how long that took, and work until standard input ends."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # Whatever a library prints is no reply.

    def reply(seconds: float, said: object) -> None:
        replies.write(json.dumps({"seconds": seconds, "peak": peak(), "said": said}) + "\n")
        replies.flush()

    began = time.perf_counter()
    work = load()
    reply(time.perf_counter() - began, None)
    for line in sys.stdin:
        command = json.loads(line)
        began = time.perf_counter()
        said = work(command)
        reply(time.perf_counter() - began, said)


def peak() -> float:
    """The most memory that this process has had resident, in MiB."""
    status = Path("/proc/self/status")
    if status.is_file():  # What getrusage says includes the parent's, from before the exec.
        for line in status.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024 if sys.platform != "darwin" else most / 1024**2
