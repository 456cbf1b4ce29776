"""`docqa completion SHELL`: print a shell completion script."""

import argparse

from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import say
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
    parser = add_command(subparsers, "completion", COMMANDS["completion"].about, examples=_EXAMPLES, run=run)
    parser.add_argument("shell", choices=_SHELLS)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    root = _complete_files(arguments.build_parser(), shtab.FILE)
    say(shtab.complete(root, arguments.shell))
    return ExitCode.ANSWERED


def _complete_files(root: argparse.ArgumentParser, files: dict[str, str]) -> argparse.ArgumentParser:
    """Make every path argument complete to file names, in `root` and the parsers below it."""
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                _complete_files(child, files)
        elif action.metavar in {"PATH", "FILE"}:
            action.complete = files  # type: ignore[attr-defined]
    return root
