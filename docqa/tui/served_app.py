"""What a page of `docqa serve` may do: ask about the documents that were opened, unless it has full access."""

import os

_FULL_ACCESS = "DOCQA_SERVE_FULL_ACCESS"

FORBIDDEN = frozenset(
    {
        *("open", "close_document", "recall", "confirm", "correct", "save_set", "load_set", "note", "pin"),
        *("train", "models", "settings"),
    }
)
"""The app's actions that read other files, show what was asked elsewhere, or change anything on this machine."""


def is_served() -> bool:
    """Whether the app is drawn in a browser: then a server has set its driver."""
    return "TEXTUAL_DRIVER" in os.environ


def is_restricted() -> bool:
    """Whether the app may do no more than ask: any server's may not, unless docqa's was told otherwise."""
    return is_served() and os.environ.get(_FULL_ACCESS) != "1"


def allow(*, full_access: bool) -> None:
    """Say in the environment of the apps that this process starts what they may do."""
    os.environ[_FULL_ACCESS] = "1" if full_access else "0"
