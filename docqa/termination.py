"""Being told to end: by `kill` (SIGTERM), or because the terminal was closed (SIGHUP)."""

import signal
from types import FrameType

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_received: list[int] = []


def termination_signals() -> tuple[signal.Signals, ...]:
    """SIGTERM and SIGHUP, without what is ignored: `nohup docqa …` goes on when its terminal is closed."""
    return tuple(number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)


def interrupt_when_terminated() -> None:
    """From now on, end as after Ctrl-C: files are finished or left as they were, and the cursor is shown again."""
    for number in termination_signals():
        signal.signal(number, _interrupt)


def interrupted_code(default: int) -> int:
    """The exit code of an interrupted command: `default` after Ctrl-C, else 128 and the signal's number."""
    return 128 + _received[-1] if _received else default


def _interrupt(number: int, _: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt
