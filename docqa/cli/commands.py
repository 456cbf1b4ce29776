"""The table of commands, and how each adds its parser. Imports no command, so that `docqa --help` is fast."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from docqa.errors import DocqaError


class Command(NamedTuple):
    """`module` is the name of a module in this package that has `add_parser`; `about` describes it in one line."""

    module: str
    about: str


COMMANDS = {
    "ask": Command("ask", "ask documents a question and print the answers"),
    "open": Command("open_app", "open documents in the app and ask one question after another"),
    "serve": Command("serve", "open documents in the app, in a browser"),
    "find": Command("find", "find words in documents"),
    "questions": Command("questions", "keep question sets, to ask them again"),
    "text": Command("text", "print the text that docqa reads in documents"),
    "finetune": Command("finetune", "train the reader on your own question–answer pairs"),
    "eval": Command("evaluate", "measure answers against question–answer pairs"),
    "calibrate": Command("calibrate", "calibrate the probabilities that a reader reports"),
    "models": Command("models", "list, download and choose models"),
    "purge": Command("purge", "delete what docqa keeps of your documents and questions"),
    "completion": Command("completion", "print a shell completion script"),
    "help": Command("command_help", "show the help of a command"),
}


def no_such_command(word: str) -> DocqaError:
    """The error for a word that stands where a command does."""
    import shlex  # `docqa --help` waits for the imports of this module.

    from docqa.cli.arguments import exists

    if exists(word):
        return DocqaError(f"there is no command {word!r}, but a file or folder", f"docqa open {shlex.quote(word)}")
    hint = "docqa ask QUESTION PATH..." if " " in word else "docqa help lists the commands"
    return DocqaError(f"there is no command {word!r}{meant(word, COMMANDS)}", hint)


def meant(word: str, known: Iterable[str]) -> str:
    """What may be meant by a word that is none of those known, as the end of a sentence."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean {close[0]}?)" if close else ""


def add_command(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    about: str,
    *,
    description: str = "",
    examples: str = "",
    run: Callable[[argparse.Namespace], int] | None = None,
    **defaults: Any,
) -> argparse.ArgumentParser:
    """Add the parser of a command. `examples` is printed below its help as it is; `run` returns the exit code."""
    parser = subparsers.add_parser(
        name,
        help=about,
        description=description or f"{about[0].upper()}{about[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if run is not None:
        defaults["run"] = run
    parser.set_defaults(**defaults)
    return parser
