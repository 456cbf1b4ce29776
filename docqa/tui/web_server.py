"""The app in a browser, for `docqa serve`: each page that is opened has its own process of the app."""

import asyncio
import errno
import ipaddress
import logging
import shlex
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

from docqa import config
from docqa.errors import DocqaError
from docqa.tui.key_reference import check_keymap

_SHUTDOWN_TIMEOUT = 2.0  # Seconds for the apps to end and the pages to close when the server stops.

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(paths: Sequence[str], host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the app until Ctrl+C. If `port` is 0 or in use, choose a free one.

    The app gets its settings and the password from the environment. `say` shows the user the address.
    Raises `DocqaError` if `host` or `port` is invalid.
    """
    check_keymap(config.keys())  # Otherwise the app would fail before its page can show anything.
    listening = _listen(host, port, say)
    bound = ipaddress.ip_address(listening.getsockname()[0].partition("%")[0])
    if not bound.is_loopback:
        say(f"docqa: anyone who can reach {host} on the network can now read these documents")
    # -P keeps a docqa.py or numpy.py in the current folder from being imported.
    command = [sys.executable, "-P", "-m", "docqa", "open", "--", *paths]
    _log_one_line_per_error()
    server = _Server(command, host, listening.getsockname()[1], local=bound.is_loopback, say=say)
    web.run_app(server.make_app(), sock=listening, print=None, access_log=None, shutdown_timeout=_SHUTDOWN_TIMEOUT)


class _Server(Server):
    """textual-serve's server with docqa's own page, which loads nothing from other sites."""

    def __init__(
        self, command: Sequence[str], host: str, port: int, *, local: bool, say: Callable[[str], None]
    ) -> None:
        # textual-serve runs this line in a shell.
        line = subprocess.list2cmdline(command) if sys.platform == "win32" else f"exec {shlex.join(command)}"
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        super().__init__(
            line, host, port, title="docqa", public_url=address, templates_path=Path(__file__).with_name("web")
        )
        self._local = local
        self._say = say
        self._requests: set[asyncio.Task[None]] = set()
        """The requests in progress. That of an open page lasts until it is closed."""

    async def make_app(self) -> web.Application:
        """Make the web application."""
        app = await self._make_app()
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002 - as textual-serve has it
        """Show the address."""
        self._say(f"docqa: the app is at {self.public_url} (Ctrl-C ends it)")

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - as textual-serve has it
        """End the app of every open page: it would not notice that the server has stopped."""
        for task in self._requests:
            task.cancel()
        if self._requests:
            await asyncio.wait(self._requests, timeout=_SHUTDOWN_TIMEOUT)

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse requests from pages of other sites, which could read the documents."""
        origin = request.headers.get("Origin")
        cross_origin = origin is not None and urlsplit(origin).netloc != request.host
        # Against DNS rebinding: a site can make its own name resolve to this machine.
        if cross_origin or (
            self._local and urlsplit(f"//{request.host}").hostname not in {"localhost", "127.0.0.1", "::1"}
        ):
            raise web.HTTPForbidden(text="docqa only answers its own page, at the address that it printed.\n")
        self._requests.add(request.task)
        try:
            return await handler(request)
        finally:
            self._requests.discard(request.task)


def _listen(host: str, port: int, say: Callable[[str], None]) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            say(f"docqa: port {port} is in use, choosing another")
            return _listen(host, 0, say)
        raise DocqaError(
            f"can't serve the app at {host}, port {port}: {error.strerror or error}",
            "--host must be an address of this machine, and --port above 1023, or 0 for a free one",
        ) from error
    except OverflowError as error:
        raise DocqaError(
            f"port {port} is invalid", "--port must be between 0 and 65535; 0 chooses a free one"
        ) from error


def _log_one_line_per_error() -> None:
    """Log one line per error to stderr, without a traceback."""

    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return f"docqa: {record.getMessage()}"

    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
