"""The entry point: parse arguments, dispatch, turn errors into exit codes."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from docqa import __version__
from docqa.cli import streams, terminal
from docqa.cli.commands import COMMANDS, meant, no_such_command
from docqa.errors import DocqaError, ExitCode, lacks_memory, unexpected
from docqa.terminal_text import visible
from docqa.termination import interrupt_when_terminated, interrupted_code

_EXAMPLES = """\
examples:
  docqa ask 'When does the contract end?' contract.pdf
  docqa ask 'Who signed it?' contracts/ --json
  docqa open report.pdf                  ask one question after another in the app
  docqa finetune my_pairs.json           train the reader on your own domain
  docqa models pull distilbert           download a larger, better reader

exit codes: 0 at least one answer, 1 no answer, 2 an error, 130 interrupted
"""


class _Parser(argparse.ArgumentParser):
    """Also the class of the commands' parsers, as argparse has it."""

    def error(self, message: str) -> NoReturn:
        """Exit, saying what is wrong with an argument: in one line, whatever is in it, and where help is.

        argparse would print the usage first, which of most commands is longer than a screen's half.
        """
        if wrong := re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)$", message):
            message += meant(wrong[1], re.findall(r"[\w-]+", wrong[2]))
        terminal.note(f"{self.prog}: error: {visible(message)}")
        terminal.note(f"  hint: {self.prog} --help")
        raise SystemExit(ExitCode.ERROR)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As argparse's, but options may stand anywhere, and a command itself reports what it doesn't know.

        argparse gives all positional arguments their values at the first of them, and leaves over those that come after
        a further option.
        """
        found, unknown = super().parse_known_args(args, namespace)
        several = [action.dest for action in self._actions if not action.option_strings and action.nargs in {"*", "+"}]
        if several:
            options = (number for number, word in enumerate(unknown) if word.startswith("-") and word != "-")
            first = next(options, len(unknown))
            later, unknown = unknown[:first], unknown[first:]
            if unknown[:1] == ["--"]:
                later, unknown = [*later, *unknown[1:]], []
            setattr(found, several[0], [*getattr(found, several[0]), *later])
        if unknown:
            known = [option for action in self._actions for option in action.option_strings]
            self.error(f"unrecognized arguments: {' '.join(unknown)}{meant(unknown[0].partition('=')[0], known)}")
        return found, unknown


def build_parser(only: str | None = None) -> argparse.ArgumentParser:
    """Build the parser. With `only`, the other commands are not imported, and have their names alone."""
    root = _Parser(
        prog="docqa",
        description="Ask your own documents a question. Answers are verbatim, with page and line. Works offline.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"docqa {__version__}")
    root.set_defaults(build_parser=build_parser)
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        if only in {None, name}:
            import_module(f"docqa.cli.{command.module}").add_parser(commands)
        else:
            commands.add_parser(name, help=command.about, add_help=False)
    return root


def keep_hub_libraries_offline() -> None:
    """Set what the hub's libraries read from the environment when they are imported, overriding the user's own values.

    docqa makes no network call that was not asked for, and a variable is not asking. `docqa.models.hub` goes online by
    itself. The library leaves the environment alone: it loads models with `local_files_only`.
    """
    os.environ.update(
        HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_XET="1"
    )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")  # Or `tokenizers` warns after a fork.


def _keep_to_oneself(arguments: argparse.Namespace) -> None:
    """Close docqa's directories to other users, and say what they can still see."""
    from docqa.files import tighten

    for folder in tighten():
        terminal.note(f"docqa: other users can read {folder}, and its permissions can't be changed")
    if getattr(arguments, "password_flag", False) and not getattr(arguments, "quiet", False):
        terminal.note(
            "docqa: other users can see the password in the list of processes; DOCQA_PASSWORD keeps it out of there"
        )


def run() -> None:
    """Run the command and exit. The installed command and `python -m docqa` start here.

    Skips the interpreter's shutdown: a thread that is still loading weights may be inside C++ code, which aborts if
    the interpreter is finalized under it, and waiting for that thread after a Ctrl-C would take seconds.
    """
    streams.prepare(terminal.in_colour)
    interrupt_when_terminated()
    try:
        code = main()
    except SystemExit as ended:  # Of argparse.
        code = int(ended.code or 0)
    sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code. Raises `SystemExit` as argparse does."""
    keep_hub_libraries_offline()
    try:
        code = _run_command(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except DocqaError as error:
        terminal.report(error)
        return ExitCode.ERROR
    except KeyboardInterrupt:
        terminal.note("docqa: interrupted")
        return interrupted_code(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output (`head`, say) is gone. Python would raise again when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:
        if os.environ.get("DOCQA_DEBUG"):
            raise
        if lacks_memory(error):
            terminal.report(unexpected(error))
            return ExitCode.ERROR
        terminal.note(f"docqa: unexpected {type(error).__name__}: {visible(str(error))}")
        terminal.note("  hint: this is a bug; set DOCQA_DEBUG=1 for a traceback, and report it")
        return ExitCode.ERROR
    return code


def _run_command(words: Sequence[str]) -> int:
    if not words:
        build_parser("").print_help()
        return ExitCode.ERROR
    command = next((word for word in words if not word.startswith("-")), "")
    if command and command not in COMMANDS:
        raise no_such_command(command)
    try:
        arguments = build_parser(command).parse_args(words)
    except SystemExit:  # It has printed what was asked for, or what is wrong with the arguments.
        sys.stdout.flush()
        raise
    _keep_to_oneself(arguments)
    return int(arguments.run(arguments))
