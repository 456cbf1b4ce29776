"""What a page of `docqa serve` may do: ask about the documents that were opened, unless it has full access."""

import os
from collections.abc import Container
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.events import Key
    from textual.screen import Screen

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


def refusal(key: "Key", screen: "Screen[object]", forbidden: Container[str]) -> str:
    """What to say if a key would do something that is forbidden on this page; else ""."""
    from textual.widgets import Input  # Not for the commands that only ask here who may do what.

    if isinstance(screen.focused, Input) and key.is_printable:
        return ""  # It is typed.
    found = (bindings.key_to_bindings.get(key.key) for _, bindings in screen._modal_binding_chain)
    binding = next(chain.from_iterable(filter(None, found)), None)
    if binding is None or binding.action not in forbidden:
        return ""
    return f"This page can only ask. Not here: {binding.tooltip[:1].lower()}{binding.tooltip[1:]}."
