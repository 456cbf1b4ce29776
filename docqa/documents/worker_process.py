"""Worker processes: this Python, started plainly and connected by pipes.

Not by multiprocessing: `fork` would copy an app full of threads, and its other start methods import the user's script
again, which then needs a `__main__` guard. What a process is to work on is sent by pipe: a decrypted document never
touches the disk, nor a password the process list.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess


def can_start() -> bool:
    """Whether worker processes can be started: in a bundled program, `sys.executable` is not Python."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


def start_worker(main: str, *, own_group: bool = False) -> "subprocess.Popen[bytes] | None":
    """Start a process that calls `main`, "package.module:name". None if there is no memory or process left.

    With `own_group`, a Ctrl-C in the terminal doesn't reach it, and `end_worker` also ends what it started.
    """
    import subprocess  # Worker processes don't need it.

    module, name = main.split(":")
    # The modules that this process imports, but none from the current directory (-P).
    search_path = [*filter(None, sys.path), str(Path(__file__).parents[2])]
    # A parser's few matrices need no threads, each of which takes address space.
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(search_path), "OPENBLAS_NUM_THREADS": "1"}
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-S", "-c", f"from {module} import {name}; {name}()"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            process_group=0 if own_group and os.name == "posix" else None,
        )
    except OSError:
        return None


def end_worker(process: "subprocess.Popen[bytes]", *, own_group: bool = False) -> None:
    """Kill a process, wait for it, and close its pipes."""
    if own_group and os.name == "posix":
        with suppress(ProcessLookupError, PermissionError):  # It has ended.
            os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
    for pipe in filter(None, (process.stdin, process.stdout)):
        with suppress(OSError):  # Closing flushes what the killed process did not read.
            pipe.close()


def serve(work: Callable[[IO[bytes], IO[bytes]], None]) -> None:
    """Call `work` in a worker process with the pipe from the other process and the one to it, until one is closed."""
    # Ctrl-C is handled by the process that started this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # What a library prints must not get among the frames.
    Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(source, sink)
    except (EOFError, BrokenPipeError):
        pass
    finally:
        # There is nothing to clean up, and flushing a broken pipe would print an error.
        os._exit(0)


def _end_with_parent() -> None:
    """End this process, whatever it does, when the one that started it has ended: the pipe from it is closed then."""
    import select

    if hasattr(select, "poll"):
        closed = select.poll()
        closed.register(0, 0)  # A closed end is always reported.
        closed.poll()
        os._exit(0)
