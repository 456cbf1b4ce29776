"""What parsing a file may take: limits that a worker process sets on itself, and that end it.

They are the kernel's, so that they hold inside a C library and a regular expression too. Windows has neither; there,
only `stalled_seconds` holds.
"""

import math
import signal
import time

from docqa.errors import DocqaError

MEMORY = 2 << 30
"""Bytes of address space of a worker process."""
TEXT_BYTES = 500_000_000
"""Bytes of the text that a file may turn into, and of each other part of a document."""
STEP_SECONDS = 10
"""Seconds of computing between two reports of progress: on one page."""
_FILE_SECONDS = 15
_SECONDS_PER_BYTE = 30e-6


def seconds_for(size: int) -> float:
    """Seconds of computing for a file of this size in bytes. Few files need a tenth of that."""
    return _FILE_SECONDS + _SECONDS_PER_BYTE * size


def stalled_seconds(size: int) -> float:
    """Seconds by the clock, without a report of progress, after which a file of this size is given up."""
    return 4 * seconds_for(size)


def limit_memory() -> None:
    """Limit this process and those that it starts to `MEMORY`."""
    try:
        import resource
    except ImportError:
        return  # Windows.
    try:
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        allowed = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (allowed, most))
    except (OSError, ValueError):
        pass  # macOS refuses it.


class ComputingTime:
    """Ends this process by SIGPROF once it has computed for too long."""

    def __init__(self, seconds: float = math.inf) -> None:
        """Allow so many seconds, and from the first `next_step` on not more than `STEP_SECONDS` for each step."""
        self._end = time.process_time() + seconds
        if hasattr(signal, "SIGPROF"):
            signal.signal(signal.SIGPROF, signal.SIG_DFL)  # A process may be started with it ignored.
        self.last_step()

    def next_step(self) -> None:
        """Begin another step."""
        self._end_after(min(STEP_SECONDS, self._left))

    def last_step(self) -> None:
        """Begin a step that may take all the time that is left."""
        self._end_after(self._left if self._left < math.inf else 0)

    def stop(self) -> None:
        """Stop counting."""
        self._end_after(0)

    @property
    def _left(self) -> float:
        return max(self._end - time.process_time(), 0.001)

    @staticmethod
    def _end_after(seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, seconds)


def took_too_long(code: int | None) -> bool:
    """Whether a process with this exit code was ended for that."""
    return hasattr(signal, "SIGPROF") and code == -signal.SIGPROF


_HINT = "it may be damaged, or made to do that; open it and save it again in another program, or leave it out"


def too_slow(name: str, where: str = "") -> DocqaError:
    """The error for a file that takes too long. `where` is how far it came."""
    return DocqaError(f"{name} was given up: reading it takes too long{where}", _HINT)


def too_large_in_memory(name: str) -> DocqaError:
    """The error for a file that takes too much memory."""
    return DocqaError(f"{name} was given up: reading it takes more than {MEMORY >> 30} GB of memory", _HINT)


def too_much_text(name: str) -> DocqaError:
    """The error for a file that turns into too much text."""
    return DocqaError(f"{name} was given up: it turns into more than {TEXT_BYTES // 1_000_000} MB of text", _HINT)


def crashed(name: str, code: int) -> DocqaError:
    """The error for a file that ends the process that reads it, with this exit code."""
    try:
        how = signal.Signals(-code).name
    except ValueError:
        how = f"exit code {code}"
    # Libraries in C++ abort when there is no memory.
    reason = f"it breaks its parser, or takes more than {MEMORY >> 30} GB of memory ({how})"
    return DocqaError(f"{name} was given up: {reason}", _HINT)
