"""What a page of `docqa serve` may send as typed or pasted, and how fast (pure).

The app handles every key by itself, and takes a pasted text as a whole: without limits, one message keeps it busy for
hours, with gigabytes of keys that wait.
"""

import re

MOST_TYPED = 1000  # Characters in one message. A key is a few; a word that an input method composes some dozens.
MOST_PASTED = 100_000
KEYS_A_SECOND = 250  # More than a held key, or a mouse that is moved, sends.

_PASTE = re.compile(r"\x1b\[200~(.*)\x1b\[201~", re.DOTALL)
_SEQUENCE = re.compile(r"\x1b(?:\[[<?]?[\d;]*[ -/]*[@-~]|O.)")


def admitted(data: str) -> str | None:
    """What of a message goes to the app, or None if it is more than anyone types.

    Of a paste that is too long the app gets a character more than `MOST_PASTED`, and says that it is too long.
    """
    paste = _PASTE.fullmatch(data)
    if paste is not None:
        text = paste[1][: MOST_PASTED + 1].replace("\x1b", "")  # Otherwise it could end early, and go on as keys.
        return f"\x1b[200~{text}\x1b[201~"
    return data if len(data) <= MOST_TYPED else None


def work(data: str) -> float:
    """How much an admitted message gives the app to do, in keys: a click is one, and so are 500 pasted characters."""
    if _PASTE.fullmatch(data):
        return 1 + len(data) / 500
    return max(1, len(_SEQUENCE.sub("x", data)))
