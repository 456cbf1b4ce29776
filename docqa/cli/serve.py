"""`docqa serve [PATH...]`: the app in a browser."""

import argparse
import os
from pathlib import Path

from docqa.cli.arguments import add_settings, settings
from docqa.cli.note import note
from docqa.cli.registry import COMMANDS
from docqa.config import Settings
from docqa.errors import DocqaError, ExitCode

_EXAMPLES = """\
examples:
  docqa serve report.pdf
  docqa serve contracts/ --port 0
  ssh -t -L 8000:localhost:8000 server docqa serve report.pdf    and open http://localhost:8000 here

It serves this machine alone. Ctrl-C ends it. docs/serving.md says what is different in a browser.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = subparsers.add_parser(
        "serve",
        help=COMMANDS["serve"].about,
        description="Open documents in the app, in a browser of this machine.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", metavar="PATH", nargs="*", help="PDF, text or Markdown file, or folder")
    parser.add_argument("--host", default="127.0.0.1", metavar="HOST", help="address to serve at (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8000, metavar="PORT", help="0 for a free one (default: 8000)")
    parser.add_argument("--top", type=int, metavar="N", help="answers shown (default: 5)")
    add_settings(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    settings(arguments)  # A mistake is told here, and not in the browser.
    if "-" in arguments.paths:
        raise DocqaError("standard input can't be opened in a browser", "write the document to a file first")
    for path in arguments.paths:
        if not Path(path).exists():
            raise DocqaError(f"{path} does not exist", "check the spelling, and the folder that you are in")
    try:
        from docqa.tui.web_server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"textual_serve", "aiohttp"}:
            raise
        raise DocqaError("textual-serve is not installed", "pip install 'docqa-tui[serve]'") from error
    _hand_on(arguments)
    serve(arguments.paths, arguments.host, arguments.port, note)
    return ExitCode.ANSWERED


def _hand_on(arguments: argparse.Namespace) -> None:
    """Put the flags that were given where the app looks for them: unlike a flag, no other person sees a variable."""
    for name in (*Settings.__dataclass_fields__, "password"):
        value = getattr(arguments, name, None)
        if value is not None:
            os.environ[f"DOCQA_{name.upper()}"] = str(value)
