"""`docqa completion SHELL`: prints what the shell needs to complete docqa's arguments."""

import argparse
import sys

from docqa.cli.registry import COMMANDS
from docqa.errors import ExitCode

_EXAMPLES = """\
examples:
  bash: docqa completion bash > ~/.local/share/bash-completion/completions/docqa
  zsh:  docqa completion zsh > ~/.zfunc/_docqa     (with ~/.zfunc in $fpath)
  fish: docqa completion fish > ~/.config/fish/completions/docqa.fish
  tcsh: docqa completion tcsh > ~/.docqa.tcsh      (and source it)
"""

_SHELLS = ("bash", "zsh", "fish", "tcsh")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "completion",
        help=COMMANDS["completion"].about,
        description="Print the completion script of a shell.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=_SHELLS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    sys.stdout.write(shtab.complete(_with_files(arguments.whole(), shtab.FILE), arguments.shell) + "\n")
    return ExitCode.ANSWERED


def _with_files(root: argparse.ArgumentParser, files: dict[str, str]) -> argparse.ArgumentParser:
    """Let every argument that is a path complete to files, in `root` and the parsers below it."""
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                _with_files(child, files)
        elif action.metavar in {"PATH", "FILE"}:
            action.complete = files  # type: ignore[attr-defined]
    return root
