"""The app in a browser, for `docqa serve`: every page that is opened has a process of the app to itself."""

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

_PATIENCE = 2.0  # Seconds that the apps have to end in when the server does, and the pages to close.

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def serve(paths: Sequence[str], host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the app on files and folders until Ctrl-C. A port of 0, or one that is taken, makes it a free one.

    The app finds its settings, and the password, in the environment. `say` tells the person the address.
    Raises `DocqaError` where it can't be served there.
    """
    check_keymap(config.keys())  # Else the app would say so, to a page that shows nothing yet.
    listening = _listen(host, port, say)
    bound = ipaddress.ip_address(listening.getsockname()[0].partition("%")[0])
    if not bound.is_loopback:
        say(f"docqa: anybody on the network who can reach {host} can now read these documents")
    # Without -P a file of the current folder, docqa.py or numpy.py, would be run for the module of that name.
    command = [sys.executable, "-P", "-m", "docqa", "open", "--", *paths]
    _quieten()
    server = _Server(command, host, listening.getsockname()[1], local=bound.is_loopback, say=say)
    web.run_app(server.make_app(), sock=listening, print=None, access_log=None, shutdown_timeout=_PATIENCE)


class _Server(Server):
    """textual-serve's server with a page of docqa's own, which fetches nothing from elsewhere."""

    def __init__(
        self, command: Sequence[str], host: str, port: int, *, local: bool, say: Callable[[str], None]
    ) -> None:
        # textual-serve has a shell start it.
        line = subprocess.list2cmdline(command) if sys.platform == "win32" else f"exec {shlex.join(command)}"
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        super().__init__(
            line, host, port, title="docqa", public_url=address, templates_path=Path(__file__).with_name("web")
        )
        self._local = local
        self._say = say
        self._answering: set[asyncio.Task[None]] = set()
        """One for each request that is being answered: a page's is, as long as it is open."""

    async def make_app(self) -> web.Application:
        """What answers the requests."""
        app = await self._make_app()
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:  # noqa: ARG002 - as textual-serve has it
        """Say where the app is."""
        self._say(f"docqa: the app is at {self.public_url} (Ctrl-C ends it)")

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - as textual-serve has it
        """End the app of every page that is still open. Nothing else would: it doesn't notice that nobody listens."""
        for task in self._answering:
            task.cancel()
        if self._answering:
            await asyncio.wait(self._answering, timeout=_PATIENCE)

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse what the page of another site sends: browsers let it, and it could read the documents."""
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != request.host
        # A site may also let its own name lead here. Nobody else's name means this machine.
        if foreign or (self._local and urlsplit(f"//{request.host}").hostname not in {"localhost", "127.0.0.1", "::1"}):
            raise web.HTTPForbidden(text="docqa serves its own page alone, under the address that it said.\n")
        self._answering.add(request.task)
        try:
            return await handler(request)
        finally:
            self._answering.discard(request.task)


def _listen(host: str, port: int, say: Callable[[str], None]) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            say(f"docqa: port {port} is taken, so it will be another")
            return _listen(host, 0, say)
        raise DocqaError(
            f"the app can't be served at {host}, port {port}: {error.strerror or error}",
            "--host has to be an address of this machine, and --port above 1023, or 0 for a free one",
        ) from error
    except OverflowError as error:
        raise DocqaError(f"port {port} is none", "--port has to be from 0 to 65535; 0 is a free one") from error


def _quieten() -> None:
    """Let what goes wrong with one page be a line on stderr, and no traceback."""

    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return f"docqa: {record.getMessage()}"

    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
