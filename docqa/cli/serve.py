"""`docqa serve [PATH...]`: the app in a browser."""

import argparse
import ipaddress
import os
import secrets

from docqa import config
from docqa.cli.arguments import add_setting, add_settings, document_help, exists, given, settings
from docqa.cli.commands import COMMANDS, add_command
from docqa.cli.terminal import note
from docqa.errors import DocqaError, ExitCode, not_found

_HOST = "127.0.0.1"
_PORT = 8000
_TOKEN = "DOCQA_SERVE_TOKEN"  # noqa: S105 - the name of a variable
_SHORTEST_TOKEN = 16

_EXAMPLES = f"""\
examples:
  docqa serve report.pdf
  docqa serve contracts/ --port 0
  docqa serve report.pdf --host 0.0.0.0      for others on the network: it prints an address with a token
  ssh -t -L {_PORT}:localhost:{_PORT} server docqa serve report.pdf    then open http://localhost:{_PORT} here

Only this machine can connect, unless --host says otherwise. A page can ask these documents, and nothing else.
Ctrl-C stops it. docs/serving.md describes what is different in a browser.
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
        "paths",
        metavar="PATH",
        nargs="*",
        help=f"{document_help()}, or folder (with --full-access: choose them in the app)",
    )
    parser.add_argument("--host", default=_HOST, metavar="HOST", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=_PORT, metavar="PORT", help="0 for any free port (default: %(default)s)"
    )
    parser.add_argument(
        "--token",
        metavar="TOKEN",
        default=os.environ.get(_TOKEN),
        help="ask for this token (default: a random one, if others can connect); the variable "
        f"{_TOKEN} keeps it out of the list of processes",
    )
    parser.add_argument(
        "--full-access",
        action="store_true",
        help="let pages do what the app can: open any file, mark answers, train, pull and delete models, change "
        "settings",
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
    token = _token(arguments)
    try:
        from docqa.tui.web_server import Access, serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"textual_serve", "aiohttp"}:
            raise
        raise DocqaError("textual-serve is not installed", "pip install 'docqa-tui[serve]'") from error
    _set_environment(arguments)
    access = Access(token, arguments.full_access)
    serve(arguments.paths, arguments.host, arguments.port, note, access)
    return ExitCode.ANSWERED


def _token(arguments: argparse.Namespace) -> str:
    """The token to ask for; "" on this machine, unless one was given. Raises `DocqaError`."""
    os.environ.pop(_TOKEN, None)  # The apps don't need it.
    token: str | None = arguments.token
    if token is None:
        return "" if is_local_host(arguments.host) else secrets.token_urlsafe(24)
    if len(token) < _SHORTEST_TOKEN or not all("!" <= character <= "~" for character in token):
        raise DocqaError(
            f"the token must have at least {_SHORTEST_TOKEN} characters, ASCII letters, digits or signs",
            "leave out --token, and docqa makes one",
        )
    return token


def is_local_host(host: str) -> bool:
    """Whether only this machine can connect to an address. A name may be any machine's, unless it is "localhost"."""
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _set_environment(arguments: argparse.Namespace) -> None:
    """Pass the flags to the app's processes. Unlike arguments, other users cannot see environment variables."""
    for name, value in (given(arguments) | {"password": arguments.password}).items():
        if value is not None:
            os.environ[config.variable(name)] = str(value)
