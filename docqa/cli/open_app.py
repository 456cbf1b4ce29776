"""`docqa open [PATH...]`: the app."""

import argparse

from docqa.cli.arguments import add_settings, given, settings
from docqa.cli.registry import COMMANDS
from docqa.errors import DocqaError

_EXAMPLES = """\
examples:
  docqa open                  choose the documents in the app
  docqa open report.pdf
  docqa open contracts/ notes.md

In the app: type a question and press Enter; ? shows the keys; ctrl+q quits.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "open",
        help=COMMANDS["open"].about,
        description="Open documents in the app and ask question after question.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help="PDF, text or Markdown file, or folder (default: choose)"
    )
    parser.add_argument("--top", type=int, metavar="N", help="answers shown (default: 5)")
    add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the app until the person leaves it."""
    wanted = settings(arguments)
    if "-" in arguments.paths:
        raise DocqaError("the app needs standard input for the keyboard", "write the document to a file first")
    from docqa import tui

    return tui.run(arguments.paths, wanted, arguments.password, given(arguments))
