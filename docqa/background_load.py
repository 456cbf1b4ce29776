"""Loading a reader's weights in a thread of its own, while documents are opened."""

import atexit
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import ClassVar

from docqa.progress import Monitor


class BackgroundLoad:
    """Loads a reader's weights in a thread of its own.

    Python must not exit while native code runs in that thread: it would crash. So the thread is not a daemon, and a
    script that ends early waits for it. The `docqa` command doesn't wait, since it ends by `os._exit`.
    """

    unfinished: ClassVar[set[Event]] = set()

    def __init__(self, load: Callable[[], None]) -> None:
        self._load = load
        self._error: BaseException | None = None
        self._finished = Event()
        self.unfinished.add(self._finished)
        Thread(target=self._run, name="docqa-loading").start()

    def _run(self) -> None:
        try:
            self._load()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._error = error
        finally:
            self._finished.set()
            self.unfinished.discard(self._finished)

    def wait(self, monitor: Monitor) -> None:
        """Wait for the weights. Raises what loading raised, or `Cancelled`."""
        # Not `Thread.join`: after a Ctrl-C in it Python 3.11 believes that the thread has finished (bpo-45274).
        # With a timeout, because an untimed wait can't be interrupted on every platform.
        while not self._finished.wait(0.1):
            monitor.check()
        if self._error is not None:
            raise self._error


@atexit.register
def _finish_loading() -> None:
    """Wait for the threads even after a second Ctrl-C, which stops Python's own waiting for them."""
    for finished in tuple(BackgroundLoad.unfinished):
        while not finished.is_set():
            with suppress(KeyboardInterrupt):
                finished.wait()
