"""`docqa open [PATH...]`: the app."""

import argparse

from docqa.cli.arguments import add_setting, add_settings, document_help, given, settings
from docqa.cli.commands import COMMANDS, add_command
from docqa.errors import DocqaError

_EXAMPLES = """\
examples:
  docqa open                  choose the documents in the app
  docqa open report.pdf
  docqa open contracts/ notes.md
  docqa open --resume         go on where you left off

In the app: type a question and press Enter; ? shows the keys; Ctrl+Q quits.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(subparsers, "open", COMMANDS["open"].about, examples=_EXAMPLES, run=run)
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help=f"{document_help()}, or folder (default: choose them in the app)"
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on with the last session: its documents, questions and answers"
    )
    add_setting(parser, "top")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the app until the user quits it."""
    loaded = settings(arguments)
    if "-" in arguments.paths:
        raise DocqaError("the app needs standard input for the keyboard", "write the document to a file first")
    from docqa import tui

    return tui.run(arguments.paths, loaded, arguments.password, given(arguments), resume=arguments.resume)
