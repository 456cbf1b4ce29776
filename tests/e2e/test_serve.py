"""`docqa serve` over HTTP: addresses, refused requests, and secrets."""

import asyncio
import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, closing
from pathlib import Path

import aiohttp
import pytest
from support.drawn import Text, draw_pages
from support.served import DOCQA, REPORT, Served, served

from docqa.cli import main

OPEN = "✓".encode()  # Shown before an open document.
QUICKLY = ("--port", 0, "--retriever", "lexical")  # Documents open without loading the encoder.


@asynccontextmanager
async def connected(served: Served, until: bytes, **headers: str) -> AsyncIterator[bytes]:
    """Connect as the page does, and yield the output up to the text `until`; disconnect at the end."""
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{served.url}/ws?width=100&height=30", headers=headers) as page,
    ):
        yield await seen(page, until)


async def seen(page: aiohttp.ClientWebSocketResponse, text: bytes) -> bytes:
    """Wait until the app has drawn a text; return all that it has drawn by then."""
    painted = b""
    async with asyncio.timeout(60):
        while text not in painted:
            message = await page.receive()
            assert message.type is aiohttp.WSMsgType.BINARY, message
            painted += message.data
    return painted


def apps(file: Path) -> list[str]:
    """Return the `ps` lines (id and command line) of app processes that have `file` open."""
    listed = subprocess.run(["ps", "-Aww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if f"-m docqa open -- {file}" in line]


async def ended(file: Path) -> None:
    """Wait until no app process has `file` open."""
    async with asyncio.timeout(30):
        while apps(file):
            await asyncio.sleep(0.02)


def get(served: Served, path: str = "/", **headers: str) -> tuple[int, str]:
    """Request the page with an HTTP client."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    with closing(connection):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_it_says_where_it_serves_and_ends_quietly_at_an_interrupt() -> None:
    with served(REPORT, "--port", 0) as app:
        assert app.url.startswith("http://127.0.0.1:")
        status, page = get(app)
        assert status == 200
        assert "<title>docqa</title>" in page
    assert app.process.returncode == 0
    assert app.stderr_lines == [f"docqa: the app is at {app.url} (Ctrl-C ends it)\n"]
    assert app.printed == ""


async def test_the_app_ends_with_its_page_and_with_the_server(tmp_path: Path) -> None:
    file = tmp_path / "lamp.txt"
    file.write_text("The lamp was lit in 1902.", encoding="utf-8")
    with served(file, *QUICKLY) as app:
        async with connected(app, OPEN):
            assert len(apps(file)) == 1
        await ended(file)
        async with connected(app, OPEN):
            assert len(apps(file)) == 1
            app.process.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(app.process.wait, 30) == 0
            await ended(file)
    assert "Traceback" not in "".join(app.stderr_lines) + app.printed


async def test_the_app_ends_even_if_the_server_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "lamp.txt"
    file.write_text("The lamp was lit in 1902.", encoding="utf-8")
    with served(file, *QUICKLY) as app:
        async with connected(app, OPEN):
            assert len(apps(file)) == 1
            app.process.kill()
            await ended(file)


def test_a_port_that_is_taken_makes_it_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        with served(REPORT, "--port", taken) as app:
            assert app.port != taken
            assert get(app)[0] == 200
        assert app.stderr_lines[0] == f"docqa: port {taken} is in use, choosing another\n"


EVERYWHERE = ("--port", 0, "--host", "0.0.0.0")  # noqa: S104 - that is the point


def ask_raw(app: Served, request: str) -> tuple[int, dict[str, str]]:
    """Send a request as it is; return the status and the headers of the response."""
    with socket.create_connection(("127.0.0.1", app.port), timeout=30) as connection:
        connection.sendall(request.replace("\n", "\r\n").encode("latin-1"))
        received = b""
        while b"\r\n\r\n" not in received and (data := connection.recv(4096)):
            received += data
    status, *lines = received.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    return int(status.split()[1]), dict(line.split(": ", 1) for line in lines)


def websocket_request(app: Served, **headers: str) -> str:
    """The request with which a page connects to its app."""
    known = {"Host": f"127.0.0.1:{app.port}", "Upgrade": "websocket", "Connection": "Upgrade"}
    known |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}
    lines = "\n".join(f"{name}: {value}" for name, value in (known | headers).items())
    return f"GET /ws HTTP/1.1\n{lines}\n\n"


def test_where_others_can_reach_it_only_those_with_the_token_get_in(tmp_path: Path) -> None:
    with served(REPORT, *EVERYWHERE) as app:
        host = f"Host: somewhere:{app.port}"
        assert len(app.token) >= 32
        for path in ("/", "/static/js/textual.js", "/download/any", "/ws", "/nowhere", "/?token=", "/?token=wrong"):
            assert ask_raw(app, f"GET {path} HTTP/1.1\n{host}\n\n")[0] == 401, path
        assert ask_raw(app, websocket_request(app))[0] == 401
        assert ask_raw(app, websocket_request(app, Cookie=f"docqa-{app.port}={app.token}"))[0] == 401

        status, headers = ask_raw(app, f"GET /?token={app.token}&fontsize=20 HTTP/1.1\n{host}\n\n")
        assert (status, headers["Location"]) == (303, "./?fontsize=20"), "the token stays in the address"
        cookie, *attributes = headers["Set-Cookie"].split("; ")
        assert {"HttpOnly", "SameSite=Lax"} <= set(attributes)
        assert app.token not in cookie
        assert ask_raw(app, f"GET / HTTP/1.1\n{host}\nCookie: {cookie}\n\n")[0] == 200
        assert ask_raw(app, websocket_request(app, Cookie=cookie))[0] == 101
        assert ask_raw(app, websocket_request(app, Cookie=cookie, Origin="http://evil.example"))[0] == 403

        for odd in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=none", "x"):
            assert ask_raw(app, f"POST / HTTP/1.1\n{host}\nContent-Type: {odd}\nContent-Length: 3\n\nx=1")[0] == 401
        for token, expected in (("wrong", 401), (app.token, 303)):
            body = f"token={token}"
            form = f"Content-Type: application/x-www-form-urlencoded\nContent-Length: {len(body)}"
            assert ask_raw(app, f"POST / HTTP/1.1\n{host}\n{form}\n\n{body}")[0] == expected
    assert "anyone who can reach 0.0.0.0 on the network and has the token can now read" in app.stderr_lines[0]
    assert app.token in app.stderr_lines[1]
    assert app.token not in "".join(app.stderr_lines[2:]), "the token is in the log"


def test_a_token_of_one_s_own_is_asked_for_on_this_machine_too() -> None:
    token = "correct-horse-battery"  # noqa: S105 - of a test
    with served(REPORT, "--port", 0, env=os.environ | {"DOCQA_SERVE_TOKEN": token}) as app:
        assert app.token == token
        assert get(app)[0] == 401
        assert get(app, f"/?token={token}")[0] == 303
        assert get(app, f"/?token={token}", Host=f"evil.example:{app.port}")[0] == 403


def test_requests_of_other_sites_reach_nothing_but_a_link_to_the_page() -> None:
    with served(REPORT, "--port", 0) as app:
        elsewhere = {"Sec-Fetch-Site": "cross-site"}
        assert get(app, **elsewhere, **{"Sec-Fetch-Mode": "navigate"})[0] == 200
        assert get(app, **elsewhere, **{"Sec-Fetch-Mode": "no-cors"})[0] == 403
        assert get(app, "/static/js/textual.js", **elsewhere, **{"Sec-Fetch-Mode": "no-cors"})[0] == 403
        assert get(app, "/download/any", **elsewhere, **{"Sec-Fetch-Mode": "navigate"})[0] == 403
        for host in ("", "evil.example", "127.0.0.1.evil.example", "[::1", "localhost@evil.example", "0x7f.1"):
            assert ask_raw(app, f"GET / HTTP/1.1\nHost: {host}\n\n")[0] in {400, 403}, host
        for origin in ("null", "http://evil.example", f"http://127.0.0.1.evil.example:{app.port}", "http://127.0.0.1"):
            assert ask_raw(app, websocket_request(app, Origin=origin))[0] == 403, origin


def test_no_page_can_frame_it_or_run_a_script_in_it() -> None:
    with served(REPORT, "--port", 0) as app:
        for path in ("/", "/nowhere", "/static/js/textual.js"):
            _, headers = ask_raw(app, f"GET {path} HTTP/1.1\nHost: 127.0.0.1\n\n")
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["X-Frame-Options"] == "DENY"
            assert headers["Referrer-Policy"] == "same-origin"
            assert "Server" not in headers
        policy = ask_raw(app, "GET / HTTP/1.1\nHost: 127.0.0.1\n\n")[1]["Content-Security-Policy"]
        script = policy.partition("script-src ")[2].partition(";")[0]
        assert "unsafe" not in script
        assert "frame-ancestors 'none'" in policy


async def test_what_is_no_page_s_message_ends_the_page_and_no_more(tmp_path: Path) -> None:
    with served(REPORT, *QUICKLY) as app:
        for message in ("no JSON", "[]", "[" * 9000, '["resize", {"width": 1000000000, "height": 9}]', '["stdin", 3]'):
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(f"{app.url}/ws?width=100&height=30") as page,
            ):
                await page.send_str(message)
                async with asyncio.timeout(60):
                    while (await page.receive()).type is not aiohttp.WSMsgType.CLOSE:
                        pass
        assert ask_raw(app, websocket_request(app).replace("/ws", "/ws?width=1000000000"))[0] == 400
        async with connected(app, b"docqa"):
            pass
    assert len(app.stderr_lines) == 1, app.stderr_lines


async def test_more_than_anyone_types_at_once_ends_the_page_and_its_app(tmp_path: Path) -> None:
    file = tmp_path / "lamp.txt"
    file.write_text("The lamp was lit in 1902.", encoding="utf-8")
    with served(file, *QUICKLY) as app:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{app.url}/ws?width=100&height=30") as page,
        ):
            await seen(page, OPEN)
            await page.send_json(["stdin", "a" * 200_000])
            async with asyncio.timeout(20):
                while (message := await page.receive()).type is not aiohttp.WSMsgType.CLOSE:
                    pass
            assert message.data == aiohttp.WSCloseCode.POLICY_VIOLATION
        await ended(file)
    assert len(app.stderr_lines) == 1, app.stderr_lines


async def test_keys_without_end_wait_in_the_connection_and_not_in_the_app_s_memory(tmp_path: Path) -> None:
    file = tmp_path / "lamp.txt"
    file.write_text("The lamp was lit in 1902.", encoding="utf-8")
    with served(file, *QUICKLY) as app:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{app.url}/ws?width=100&height=30") as page,
        ):
            await seen(page, OPEN)
            with pytest.raises(TimeoutError):  # It can't send all that.
                async with asyncio.timeout(5):
                    while True:
                        await page.send_json(["stdin", "a" * 900])
            status = subprocess.run(["ps", "-o", "rss=", *apps(file)[0].split()[:1]], capture_output=True, check=True)
            assert int(status.stdout) < 600_000, "kilobytes"
            page.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        await ended(file)


async def test_what_a_question_can_have_is_pasted_and_more_is_refused_by_the_app() -> None:
    with served(REPORT, *QUICKLY) as app:
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{app.url}/ws?width=100&height=30") as page,
        ):
            await seen(page, OPEN)
            await page.send_json(["stdin", f"\x1b[200~{'who ' * 500}\x1b[201~"])
            await seen(page, b"who who")
            await page.send_json(["stdin", f"\x1b[200~{'a' * 2_000_000}\x1b[201~"])
            await seen(page, b"Not pasted")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP")
async def test_an_app_that_hangs_is_ended_with_its_page_and_with_the_server(tmp_path: Path) -> None:
    file = tmp_path / "lamp.txt"
    file.write_text("The lamp was lit in 1902.", encoding="utf-8")
    with served(file, *QUICKLY) as app:
        async with connected(app, OPEN):
            os.kill(int(apps(file)[0].split()[0]), signal.SIGSTOP)
        await ended(file)
        async with connected(app, OPEN):
            os.kill(int(apps(file)[0].split()[0]), signal.SIGSTOP)
            app.process.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(app.process.wait, 30) == 0
        assert not apps(file)


def test_bad_requests_are_answered_and_not_told_on_the_terminal() -> None:
    with served(REPORT, "--port", 0) as app:
        for bad in (
            "GET / HTTP/9.9\n\n",
            "\x16\x03\x01\x02\n\n",
            f"{'A' * 20_000}\n\n",
            "GET /\x1b[31m HTTP/1.1\nHost: localhost\n\n",
            "GET / HTTP/1.1\nHost: localhost\nHost: evil\n\n",
            "GET / HTTP/1.1\nHost: localhost\nContent-Length: 99999999999999999999\n\n",
            "GET /ws HTTP/1.1\nHost: localhost\n\n",
            "GET /download/none HTTP/1.1\nHost: localhost\n\n",
        ):
            assert 400 <= ask_raw(app, bad)[0] < 500, bad[:50]
    assert app.stderr_lines == [f"docqa: the app is at {app.url} (Ctrl-C ends it)\n"]


def test_a_fault_of_docqa_s_own_is_told_in_a_line_with_its_reason() -> None:
    faulty = (
        "import sys\n"
        "from docqa.cli import main\n"
        "from docqa.tui import web_server\n"
        "def broken(*_): raise RuntimeError('the page is\\x1b[31m broken')\n"
        "web_server._Server.handle_index = broken\n"
        f"sys.exit(main.main(['serve', {str(REPORT)!r}, '--port', '0']))\n"
    )
    with served(command=[sys.executable, "-c", faulty]) as app:
        assert get(app)[0] == 500
    assert app.stderr_lines[1:] == [
        "docqa: Error handling request from 127.0.0.1: RuntimeError: the page is\\x1b[31m broken"
    ]


def test_more_pages_than_the_machine_can_bear_are_refused() -> None:
    with served(REPORT, *QUICKLY) as app, ExitStack() as open_pages:
        for number in range(9):
            connection = open_pages.enter_context(socket.create_connection(("127.0.0.1", app.port), timeout=60))
            connection.sendall(websocket_request(app).replace("\n", "\r\n").encode())
            status = connection.recv(4096).split()[1]
            assert status == (b"101" if number < 8 else b"503"), number
        assert "8 pages are open" in get(app)[1]


def test_without_documents_it_needs_full_access() -> None:
    done = subprocess.run([DOCQA, "serve"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no document given" in done.stderr
    assert "--full-access" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--host", "192.0.2.1"], "can't serve the app at 192.0.2.1"),
        (["--port", "70000"], "port 70000 is invalid"),
        (["nowhere.pdf"], "nowhere.pdf does not exist"),
        (["-"], "standard input cannot be opened in a browser"),
        (["README.md", "--top", "0"], "top is 0"),
        (["README.md", "--token", ""], "the token must have at least 16 characters"),
        (["README.md", "--token", "short"], "the token must have at least 16 characters"),
        (["README.md", *map(str, EVERYWHERE), "--token", ""], "the token must have at least 16 characters"),
    ],
)
def test_a_mistake_is_told_before_it_serves(arguments: list[str], message: str) -> None:
    done = subprocess.run([DOCQA, "serve", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert message in done.stderr
    assert "hint:" in done.stderr
    assert "Traceback" not in done.stderr


async def test_the_pages_of_other_sites_are_refused() -> None:
    with served(REPORT, "--port", 0) as app:
        assert get(app, Host=f"localhost:{app.port}")[0] == 200
        assert get(app, Host=f"evil.example:{app.port}")[0] == 403  # DNS rebinding.
        assert get(app, Origin="http://evil.example")[0] == 403
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await connected(app, b"docqa", Origin="http://evil.example").__aenter__()
        async with connected(app, b"docqa", Origin=app.url):
            pass


async def test_the_password_opens_the_document_and_is_nowhere_to_be_seen(tmp_path: Path) -> None:
    secret = "hornbeam"  # noqa: S105 - the password of a test document
    pages = [[Text(72, "The treasure is under the oak.")]]
    file = draw_pages(tmp_path / "it's a secret.pdf", pages, encrypt=secret)
    with served(file, *QUICKLY, env=os.environ | {"DOCQA_PASSWORD": secret}) as app:
        assert secret not in get(app)[1]
        async with connected(app, OPEN) as painted:
            listed = subprocess.run(["ps", "-Aww", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert secret.encode() not in painted
    assert f"docqa open -- {file}" in listed
    assert secret not in listed


async def test_flags_reach_the_app() -> None:
    with served(REPORT, "--port", 0, "--reader", "no-such-reader") as app:
        async with connected(app, b"no-such-reader"):
            pass


async def test_a_file_of_the_folder_is_not_run_for_a_module(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("import pathlib; pathlib.Path('run').touch()\n", encoding="utf-8")
    (tmp_path / "a b.txt").write_text("The lamp was lit in 1902.\n", encoding="utf-8")
    with served("a b.txt", *QUICKLY, cwd=tmp_path) as app:
        async with connected(app, OPEN):
            pass
    assert not (tmp_path / "run").exists()


def test_without_textual_serve_what_to_install_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "textual_serve", None)
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "docqa.tui.web_server", raising=False)
    assert main.main(["serve", str(REPORT)]) == 2
    assert capsys.readouterr().err == "docqa: textual-serve is not installed\n  hint: pip install 'docqa-tui[serve]'\n"


def test_the_shells_complete_it() -> None:
    script = subprocess.run([DOCQA, "completion", "bash"], capture_output=True, text=True, check=True).stdout
    probe = f'{script}\nCOMP_WORDS=(docqa serve --p); COMP_CWORD=2; COMP_TYPE=9; _shtab_docqa; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run(["bash", "-c", probe], capture_output=True, text=True, check=False)
    assert {"--port", "--password"} <= set(done.stdout.split())
