"""The app in a browser, for `docqa serve`: each page that is opened has its own process of the app."""

import asyncio
import errno
import ipaddress
import json
import logging
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.http_exceptions import HttpProcessingError, PayloadEncodingError
from textual_serve.server import Server

from docqa import config
from docqa.errors import DocqaError
from docqa.terminal_text import visible
from docqa.tui import served_app, web_input
from docqa.tui.key_reference import check_keymap
from docqa.tui.page_app import PageApp
from docqa.tui.web_guard import TokenGate, comes_from_elsewhere, is_local_name, page_policy, response_headers

_SHUTDOWN_TIMEOUT = 4.0  # Seconds for the apps to end and the pages to close when the server stops.
_MOST_PAGES = 8  # Open at once: each has a process of some hundred megabytes.
_MOST_CONNECTIONS = 128
_PATIENCE = 20.0  # Seconds for a connection to send its request, and for an app to take what its page sends.
_KEEPALIVE = 60.0  # Seconds for which a connection stays open without one.
_LARGEST_MESSAGE = 4 << 20  # Bytes of a page's message. A paste is in one, and is cut to a length that questions have.
_KEYS_OF_A_RESIZE = 10  # It draws everything again.
_LARGEST = 1000  # Columns or rows of a page's terminal.
_TEMPLATES = Path(__file__).with_name("web")

# Requests that are none, or stop halfway. They are answered; anyone who scans ports would fill the terminal with them.
_CLIENTS_FAULTS = (HttpProcessingError, PayloadEncodingError, ConnectionError, web.HTTPException)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Access:
    """Who may open the app, and what they may do: `token` is "" if none is asked for."""

    token: str = ""
    full: bool = False


def serve(paths: Sequence[str], host: str, port: int, say: Callable[[str], None], access: Access) -> None:
    """Serve the app until Ctrl+C. If `port` is 0 or in use, choose a free one.

    The app gets its settings and the password from the environment. `say` shows the user the address. Only `access`
    with a token may be given beyond this machine. Raises `DocqaError` if `host` or `port` is invalid.
    """
    check_keymap(config.keys())  # Otherwise the app would fail before its page can show anything.
    listening = _listen(host, port, say)
    if not is_loopback(listening) and not access.token:
        raise DocqaError(f"{host} can be reached from the network, so a token is needed", "leave out --host")
    if not (paths or access.full):
        raise DocqaError(
            "no document given",
            "docqa serve PATH..., or --full-access to choose any file of this machine in the browser",
        )
    # -P keeps a docqa.py or numpy.py in the current folder from being imported.
    command = [sys.executable, "-P", "-m", "docqa", "open", "--", *paths]
    served_app.allow(full_access=access.full)
    _log_one_line_per_error()
    server = _Server(command, host, listening, access, say)
    with suppress(KeyboardInterrupt):  # Where there are no signal handlers.
        asyncio.run(server.run())


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine can connect."""
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


class _Server(Server):
    """textual-serve's server with docqa's own page, which loads nothing from other sites, and with checks."""

    def __init__(
        self, command: Sequence[str], host: str, listening: socket.socket, access: Access, say: Callable[[str], None]
    ) -> None:
        port = listening.getsockname()[1]
        address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        super().__init__(command[0], host, port, title="docqa", public_url=address, templates_path=_TEMPLATES)
        self._command = command
        self._listening = listening
        self._local = is_loopback(listening)
        self._token = access.token
        self._gate = TokenGate(access.token, port) if access.token else None
        self._say = say
        self._policy = page_policy((_TEMPLATES / "app_index.html").read_text(encoding="utf-8"))
        self._requests: set[asyncio.Task[None]] = set()
        """The requests in progress. That of an open page lasts until it is closed."""
        self._apps: set[PageApp] = set()
        """The app of each open page, and of those that were closed until their processes have ended."""
        self._silent: set[asyncio.BaseProtocol] = set()
        """New connections that have sent no request yet."""

    async def run(self) -> None:
        """Serve until the process is interrupted."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # On Windows.
                loop.add_signal_handler(number, stop.set)
        runner = web.AppRunner(
            await self.make_app(), access_log=None, keepalive_timeout=_KEEPALIVE, shutdown_timeout=_SHUTDOWN_TIMEOUT
        )
        await runner.setup()
        assert runner.server is not None  # noqa: S101 - for mypy
        listener = await loop.create_server(partial(self._connection, runner.server), sock=self._listening)
        self._say_where()
        try:
            await stop.wait()
        finally:
            listener.close()
            await runner.cleanup()
            for app in self._apps:  # It had no time to end.
                app.kill()

    async def make_app(self) -> web.Application:
        """Make the web application."""
        app = await self._make_app()
        app.router.add_post("/", self._token_sent)
        app.middlewares.append(self._guard)
        app.on_response_prepare.append(self._add_headers)
        return app

    def _say_where(self) -> None:
        path = f"/?token={quote(self._token, safe='')}" if self._token else ""
        if not self._local:
            self._say(
                f"docqa: anyone who can reach {self.host} on the network and has the token can now read these "
                "documents; nothing encrypts them on their way"
            )
        self._say(f"docqa: the app is at {self.public_url}{path} (Ctrl-C ends it)")

    def _connection(self, server: web.Server) -> asyncio.BaseProtocol:
        """The protocol of a new connection: one that closes it if there are too many."""
        if len(server.connections) >= _MOST_CONNECTIONS:
            return _Refusal()
        protocol = server()
        self._silent.add(protocol)
        asyncio.get_running_loop().call_later(_PATIENCE, self._hang_up, protocol)
        return protocol

    def _hang_up(self, protocol: web.RequestHandler) -> None:
        """Close a connection if it is still silent."""
        if protocol in self._silent:
            self._silent.discard(protocol)
            if protocol.transport is not None:
                protocol.transport.abort()

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing, unlike textual-serve: the address is shown once it can be opened."""

    async def on_shutdown(self, app: web.Application) -> None:  # noqa: ARG002 - as textual-serve has it
        """End the app of every open page: it would not notice that the server has stopped."""
        for task in self._requests:
            task.cancel()
        if self._requests:
            await asyncio.wait(self._requests, timeout=_SHUTDOWN_TIMEOUT)

    @web.middleware
    async def _guard(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Refuse what other sites' pages send, which could read the documents, and who doesn't know the token."""
        self._silent.discard(request.protocol)
        if comes_from_elsewhere(request.headers, request.host, request.path) or (
            self._local and not is_local_name(request.host)
        ):
            raise web.HTTPForbidden(text="docqa only answers its own page, at the address that it printed.\n")
        if self._gate is not None and not self._gate.knows(request.cookies) and handler != self._token_sent:
            return self._ask_for_token(self._gate, request)
        self._requests.add(request.task)
        try:
            return await handler(request)
        finally:
            self._requests.discard(request.task)

    def _ask_for_token(self, gate: TokenGate, request: web.Request) -> web.Response:
        token = request.query.get("token")
        if request.path != "/" or request.method != "GET":
            raise web.HTTPUnauthorized(text="Open the address that docqa printed, which has a token.\n")
        if token is not None and gate.accepts(token):
            return self._admit(gate, request)
        return _token_form()

    async def _token_sent(self, request: web.Request) -> web.Response:
        """Answer the form that asks for the token."""
        if self._gate is None:
            raise web.HTTPMethodNotAllowed("POST", ["GET"])
        if request.content_type != "application/x-www-form-urlencoded":
            return _token_form()
        try:
            async with asyncio.timeout(_PATIENCE):
                token = (await request.post()).get("token")
        except (ValueError, LookupError, TimeoutError):  # No form, in no known encoding, or not all of it.
            return _token_form()
        if isinstance(token, str) and self._gate.accepts(token):
            return self._admit(self._gate, request)
        return _token_form()

    def _admit(self, gate: TokenGate, request: web.Request) -> web.Response:
        """Give the cookie, and go to the address without the token, which belongs in no history or bookmark."""
        query = urlencode([(name, value) for name, value in request.query.items() if name != "token"])
        response = web.Response(status=303, headers={"Location": f"./?{query}" if query else "./"})
        # Lax: the cookie comes along when a link in a message is followed, and never with other sites' requests.
        response.set_cookie(gate.cookie, gate.session, httponly=True, samesite="Lax", path="/")
        return response

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        is_static = request.path.startswith("/static/")
        response.headers.update(response_headers(self._policy, response.content_type, is_static=is_static))
        response.headers.popall("Server", None)

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """Answer with the app's page."""
        if len(self._apps) >= _MOST_PAGES:
            raise web.HTTPServiceUnavailable(text=f"{_MOST_PAGES} pages are open, which is the limit. Close one.\n")
        return await super().handle_index(request)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Run an app for a page."""
        if len(self._apps) >= _MOST_PAGES:
            raise web.HTTPServiceUnavailable(text="too many pages are open\n")
        if not all(_fits(request.query.get(side, "80")) for side in ("width", "height")):
            raise web.HTTPBadRequest(text=f"width and height are 1 to {_LARGEST}\n")
        width, height = (int(request.query.get(side, most)) for side, most in (("width", "80"), ("height", "24")))
        websocket = web.WebSocketResponse(heartbeat=15, timeout=1.0, max_msg_size=_LARGEST_MESSAGE)
        app = PageApp(self._command, websocket, self.download_manager)
        self._apps.add(app)
        try:
            await websocket.prepare(request)
            await app.start(width, height)
            await self._pass_on(websocket, app)
        except asyncio.CancelledError:
            pass  # The server ends.
        finally:
            try:
                await app.stop()
            finally:
                self._apps.discard(app)
        return websocket

    async def _pass_on(self, websocket: web.WebSocketResponse, app: PageApp) -> None:
        """Pass on what the page sends, until it sends something else than docqa's page does, or the app hangs."""
        async for message in websocket:
            if websocket.closed:  # It sent more than the app could take, and is gone.
                return
            if message.type is not WSMsgType.TEXT:
                continue
            try:
                async with asyncio.timeout(_PATIENCE):
                    keys = await _handle(json.loads(message.data), websocket, app)
            except (ValueError, RecursionError, TimeoutError):
                keys = None
            if keys is None:
                await websocket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"more, or other, than a page sends")
                return
            # What the page sends meanwhile waits in the connection, and not in the app's memory.
            await asyncio.sleep(keys / web_input.KEYS_A_SECOND)


async def _handle(envelope: object, websocket: web.WebSocketResponse, app: PageApp) -> float | None:
    """Pass on a message. Return what it gives the app to do, in keys, or None if docqa's page sends no such thing."""
    match envelope:
        case ["stdin", str(data)]:
            admitted = web_input.admitted(data)
            if admitted is None or not await app.send_bytes(admitted.encode("utf-8", "replace")):
                return None
            return web_input.work(admitted)
        case ["resize", {"width": int(width), "height": int(height)}] if _fits(width) and _fits(height):
            await app.set_terminal_size(width, height)
            return _KEYS_OF_A_RESIZE
        case ["ping", data]:
            await websocket.send_json(["pong", data])
        case ["blur", *_]:
            await app.blur()
        case ["focus", *_]:
            await app.focus()
        case _:
            return None
    return 1


def _token_form() -> web.Response:
    form = (_TEMPLATES / "token.html").read_text(encoding="utf-8")
    return web.Response(status=401, text=form, content_type="text/html")


class _Refusal(asyncio.Protocol):
    """Closes a connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


def _fits(side: str | int) -> bool:
    try:
        return 1 <= int(side) <= _LARGEST
    except ValueError:
        return False


def _listen(host: str, port: int, say: Callable[[str], None]) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, TypeError, ValueError) as error:  # The last two for what is no host at all.
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            say(f"docqa: port {port} is in use, choosing another")
            return _listen(host, 0, say)
        raise DocqaError(
            f"can't serve the app at {host}, port {port}: {getattr(error, 'strerror', None) or error}",
            "--host must be an address of this machine, and --port above 1023, or 0 for a free one",
        ) from error
    except OverflowError as error:
        raise DocqaError(
            f"port {port} is invalid", "--port must be between 0 and 65535; 0 chooses a free one"
        ) from error


def _log_one_line_per_error() -> None:
    """Log docqa's own faults to stderr: one line for each, with its reason. What a client does wrong is none."""

    class OneLine(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            error = _error_of(record)
            reason = f": {type(error).__name__}: {visible(str(error))}" if error is not None else ""
            return f"docqa: {visible(record.getMessage())}{reason}"

    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    handler.addFilter(lambda record: not isinstance(_error_of(record), _CLIENTS_FAULTS))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _error_of(record: logging.LogRecord) -> BaseException | None:
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None
