"""`docqa completion SHELL`: print a shell completion script."""

import argparse

from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.questions import set_name
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


# Bash takes "@" and "=@" for words of their own, but a completion replaces the "@" too. By itself it completes hosts.
_BASH_SETS = r"""
_docqa_sets() {
  local name
  docqa questions list 2>/dev/null | sed -E 's/ {2,}.*//' | while IFS= read -r name; do
    name=$(printf %q "$name")
    [[ "$name" == "$1"* ]] && echo "$name"
  done
}

_docqa() {
  local typed= at=$COMP_CWORD
  [[ "${COMP_WORDS[at]}" =~ ^=?@$ ]] || { typed="${COMP_WORDS[at]}"; let at-=1; }
  if [[ "${COMP_WORDS[at]}" =~ ^=?@$ && "${COMP_WORDS[at-1]}" == --questions ]]; then
    COMPREPLY=()
    while IFS= read -r name; do COMPREPLY+=("@$name"); done < <(_docqa_sets "$typed")
    compopt +o bashdefault
  else
    _shtab_docqa
  fi
}
"""


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    root = _complete_values(arguments.build_parser(), shtab.FILE)
    if arguments.shell == "bash":
        say(shtab.complete(root, "bash", preamble=_BASH_SETS).replace("-F _shtab_docqa docqa", "-F _docqa docqa"))
    else:
        say(shtab.complete(root, arguments.shell))
    return ExitCode.ANSWERED


def _complete_values(root: argparse.ArgumentParser, files: dict[str, str]) -> argparse.ArgumentParser:
    """Make the arguments complete to files, commands and question sets, in `root` and the parsers below it."""
    for action in root._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                _complete_values(child, files)
        elif action.metavar in {"PATH", "FILE"}:
            action.complete = files  # type: ignore[attr-defined]
        elif action.metavar == "COMMAND":
            action.choices = tuple(COMMANDS)
        elif action.type is set_name:
            action.complete = {"bash": "_docqa_sets"}  # type: ignore[attr-defined]
    return root
