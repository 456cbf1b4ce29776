"""What a command says on stderr: stdout is for answers."""

import sys


def note(text: str, *, quiet: bool = False) -> None:
    """Print a line on stderr, at once, unless `quiet`."""
    if not quiet:
        print(text, file=sys.stderr, flush=True)  # noqa: T201
