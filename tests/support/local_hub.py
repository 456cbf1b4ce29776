"""A local model hub: the endpoints that `docqa.models.hub` uses, with switches to make it misbehave."""

import hashlib
import json
import re
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

# The real hub stores these files outside git, reports their SHA-256, and redirects downloads to another host.
_LFS = (".safetensors", ".bin")


@dataclass(frozen=True)
class Request:
    """A request. `range` and `authorization` are its headers, or "" if they were not sent."""

    method: str
    path: str
    range: str
    authorization: str
    on_cdn: bool


@dataclass
class Hub:
    """Serves repositories over HTTP. A context manager. Large files come from a second origin, as on the real hub."""

    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)
    """File -> bytes sent, over all requests."""

    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Repository -> status and `X-Error-Code` to respond with."""
    break_after: dict[str, list[int]] = field(default_factory=dict)
    """File -> for each coming request, the number of body bytes after which the connection breaks."""
    corrupt: set[str] = field(default_factory=set)
    """Files to send with damaged content of the correct length."""
    ignore_range: bool = False
    answer_html: bool = False
    """Respond with a login page, as a captive portal does."""
    report_checksums: bool = True

    def __enter__(self) -> Self:
        self._front, self._cdn = (_serve(self, on_cdn) for on_cdn in (False, True))
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._front, self._cdn):
            server.shutdown()
            server.server_close()

    @property
    def address(self) -> str:
        """The value for `HF_ENDPOINT`."""
        return f"http://127.0.0.1:{self._front.server_port}"

    def add(self, repo: str, folder: Path) -> str:
        """Publish the files in `folder`, replacing the repository's; return the commit."""
        files = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
        self.repositories[repo] = files
        return self.commit(repo)

    def commit(self, repo: str) -> str:
        """Return the current commit of `repo`."""
        files = {path: hashlib.sha256(contents).hexdigest() for path, contents in self.repositories[repo].items()}
        return hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()[:40]

    def downloads(self, file: str) -> list[Request]:
        """Return the GET requests for `file`."""
        return [r for r in self.requests if r.method == "GET" and r.path.endswith(f"/{file}")]

    def _info(self, repo: str, with_blobs: bool) -> dict[str, Any]:
        siblings: list[dict[str, Any]] = []
        for path, contents in self.repositories[repo].items():
            sibling: dict[str, Any] = {"rfilename": path}
            if with_blobs:
                blob = hashlib.sha1(b"blob %d\0" % len(contents) + contents).hexdigest()  # noqa: S324 - git's
                sibling |= {"size": len(contents), "blobId": blob}
            if with_blobs and self.report_checksums and path.endswith(_LFS):
                digest = hashlib.sha256(contents).hexdigest()
                sibling["lfs"] = {"size": len(contents), "sha256": digest, "pointerSize": 130}
            siblings.append(sibling)
        return {"id": repo, "modelId": repo, "sha": self.commit(repo), "siblings": siblings, "tags": []}


def _serve(hub: Hub, on_cdn: bool) -> ThreadingHTTPServer:
    class Handler(_Handler):
        pass

    Handler.hub, Handler.on_cdn = hub, on_cdn
    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        # Some tests disconnect in the middle of a response.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    on_cdn: bool
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        asked, authorization = self.headers.get("Range", ""), self.headers.get("Authorization", "")
        self.hub.requests.append(Request(self.command, url.path, asked, authorization, self.on_cdn))
        if self.hub.answer_html:
            return self._reply(200, b"<html>Log in</html>", {"Content-Type": "text/html"})
        if api := re.fullmatch(r"/api/models/(.+)/revision/([^/]+)", url.path):
            return self._info(unquote(api[1]), unquote(api[2]), "blobs" in parse_qs(url.query))
        if file := re.fullmatch(r"/(.+)/resolve/([^/]+)/(.+)", url.path):
            return self._file(file[1], unquote(file[2]), unquote(file[3]))
        return self._reply(404, b"{}", {})

    def _exists(self, repo: str, revision: str) -> bool:
        status, code = self.hub.refuse.get(repo, (0, ""))
        if not status and repo not in self.hub.repositories:
            status, code = 404, "RepoNotFound"
        if not status and revision not in {"main", self.hub.commit(repo)}:
            status, code = 404, "RevisionNotFound"
        if status:
            self._reply(status, b'{"error": "no"}', {"X-Error-Code": code} if code else {})
        return not status

    def _info(self, repo: str, revision: str, with_blobs: bool) -> None:
        if self._exists(repo, revision):
            body = json.dumps(self.hub._info(repo, with_blobs)).encode()
            self._reply(200, body, {"Content-Type": "application/json"})

    def _file(self, repo: str, revision: str, path: str) -> None:
        if not self._exists(repo, revision):
            return
        contents = self.hub.repositories[repo][path]
        tag = hashlib.sha256(contents).hexdigest()
        headers = {"X-Repo-Commit": self.hub.commit(repo), "ETag": f'"{tag}"', "Accept-Ranges": "bytes"}
        if path.endswith(_LFS) and not self.on_cdn:
            headers |= {"X-Linked-Etag": f'"{tag}"', "X-Linked-Size": str(len(contents))}
            headers["Location"] = f"http://127.0.0.1:{self.hub._cdn.server_port}{self.path}"
            self._reply(302, b"", headers)
        else:
            self._send(path, contents, headers)

    def _send(self, path: str, contents: bytes, headers: dict[str, str]) -> None:
        if path in self.hub.corrupt:
            contents = bytes(len(contents))
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked and not self.hub.ignore_range else 0
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(contents) - 1}/{len(contents)}"
        breaks = self.hub.break_after.get(path, [])
        upto = start + breaks.pop(0) if breaks and self.command == "GET" else len(contents)
        if self.command == "GET":
            self.hub.sent[path] += len(contents[start:upto])
        self._reply(206 if start else 200, contents[start:], headers, upto - start)

    def _reply(self, status: int, body: bytes, headers: dict[str, str], upto: int | None = None) -> None:
        """Send `body`, or send its first `upto` bytes and break the connection."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        broken = upto is not None and upto < len(body)
        if broken:
            self.close_connection = True
        if self.command != "HEAD":
            self.wfile.write(body[:upto] if broken else body)
