"""`docqa help [COMMAND]`: what `docqa COMMAND --help` prints."""

import argparse

from docqa.cli.commands import COMMANDS, add_command, no_such_command
from docqa.errors import ExitCode

_EXAMPLES = """\
examples:
  docqa help ask
  docqa help models pull
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(subparsers, "help", COMMANDS["help"].about, examples=_EXAMPLES, run=run)
    parser.add_argument("command", metavar="COMMAND", nargs="*", help="a command (default: docqa itself)")


def run(arguments: argparse.Namespace) -> int:
    """Print the help. argparse then exits."""
    if arguments.command and arguments.command[0] not in COMMANDS:
        raise no_such_command(arguments.command[0])
    arguments.build_parser().parse_args([*arguments.command, "--help"])
    return ExitCode.ANSWERED
