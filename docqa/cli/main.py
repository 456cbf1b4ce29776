"""The command: parse arguments, dispatch, turn errors into exit codes."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

from docqa import __version__
from docqa.cli.registry import COMMANDS
from docqa.errors import DocqaError, ExitCode

_EXAMPLES = """\
examples:
  docqa ask 'When does the contract end?' contract.pdf
  docqa ask 'Who signed it?' contracts/ --json
  docqa open report.pdf                  ask question after question in the app
  docqa finetune my_pairs.json           teach the reader your own domain
  docqa models pull distilbert           a larger, better reader

exit codes: 0 at least one answer, 1 no answer, 2 an error, 130 interrupted
"""


def parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The command line: the whole, or one command with all that it takes, the others by name alone."""
    root = argparse.ArgumentParser(
        prog="docqa",
        description="Ask your own documents a question: verbatim answers, with page and line, offline.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"docqa {__version__}")
    root.set_defaults(whole=parser)
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        if wanted in {None, name}:
            import_module(f"docqa.cli.{command.module}").add_parser(commands)
        else:
            commands.add_parser(name, help=command.about, add_help=False)
    return root


def run() -> None:
    """Run the command and end the process. The installed command and `python -m docqa` start here.

    The process ends at once: a thread that still loads weights may be inside C++ code, which aborts a process whose
    interpreter goes away under it, and to wait for it after a Ctrl-C would take seconds.
    """
    code = main()
    with suppress(OSError):  # Whoever read our output may have gone.
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = sys.argv[1:] if argv is None else argv
    arguments = parser(next((word for word in given if not word.startswith("-")), "")).parse_args(given)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except DocqaError as error:
        print(f"docqa: {error.message}", file=sys.stderr)  # noqa: T201
        if error.hint:
            print(f"  hint: {error.hint}", file=sys.stderr)  # noqa: T201
        return ExitCode.ERROR
    except KeyboardInterrupt:
        print("docqa: interrupted", file=sys.stderr)  # noqa: T201
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output (`head`, say) has gone. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:
        if os.environ.get("DOCQA_DEBUG"):
            raise
        print(f"docqa: unexpected {type(error).__name__}: {error}", file=sys.stderr)  # noqa: T201
        print("  hint: this is a bug; DOCQA_DEBUG=1 shows where, for a report", file=sys.stderr)  # noqa: T201
        return ExitCode.ERROR
    return code
