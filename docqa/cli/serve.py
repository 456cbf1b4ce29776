"""`docqa serve [PATH...]`: the app in a browser."""

import argparse
import os

from docqa import config
from docqa.cli.arguments import add_setting, add_settings, document_help, exists, given, settings
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import note
from docqa.errors import DocqaError, ExitCode, not_found

_HOST = "127.0.0.1"
_PORT = 8000

_EXAMPLES = f"""\
examples:
  docqa serve report.pdf
  docqa serve contracts/ --port 0
  ssh -t -L {_PORT}:localhost:{_PORT} server docqa serve report.pdf    then open http://localhost:{_PORT} here

Only this machine can connect. Ctrl-C stops it. docs/serving.md describes what is different in a browser.
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "serve",
        COMMANDS["serve"].about,
        description="Open documents in the app, in a browser on this machine.",
        examples=_EXAMPLES,
        run=run,
    )
    parser.add_argument(
        "paths", metavar="PATH", nargs="*", help=f"{document_help()}, or folder (default: choose them in the app)"
    )
    parser.add_argument("--host", default=_HOST, metavar="HOST", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=_PORT, metavar="PORT", help="0 for any free port (default: %(default)s)"
    )
    add_setting(parser, "top")
    add_settings(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    settings(arguments)  # Reports a mistake here, rather than in the browser.
    if "-" in arguments.paths:
        raise DocqaError("standard input cannot be opened in a browser", "write the document to a file first")
    for path in arguments.paths:
        if not exists(path):
            raise not_found(path)
    try:
        from docqa.tui.web_server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"textual_serve", "aiohttp"}:
            raise
        raise DocqaError("textual-serve is not installed", "pip install 'docqa-tui[serve]'") from error
    _set_environment(arguments)
    serve(arguments.paths, arguments.host, arguments.port, note)
    return ExitCode.ANSWERED


def _set_environment(arguments: argparse.Namespace) -> None:
    """Pass the flags to the app's processes. Unlike arguments, other users cannot see environment variables."""
    for name, value in (given(arguments) | {"password": arguments.password}).items():
        if value is not None:
            os.environ[config.variable(name)] = str(value)
