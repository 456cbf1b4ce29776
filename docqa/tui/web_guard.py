"""Who may talk to the served app: the checks of its requests, and the headers of its responses."""

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


class TokenGate:
    """Exchanges the token, which is in an address that people send each other, for a cookie of this run."""

    def __init__(self, token: str, port: int) -> None:
        self.cookie = f"docqa-{port}"
        """Browsers send a cookie to every port of a host, so its name has the port."""
        self.session = secrets.token_urlsafe(32)
        """The cookie's value."""
        self._token = token

    def accepts(self, token: str) -> bool:
        """Whether this is the token. Takes the same time for every wrong one."""
        return hmac.compare_digest(_bytes(token), _bytes(self._token))

    def knows(self, cookies: Mapping[str, str]) -> bool:
        """Whether a browser has shown the token before."""
        return hmac.compare_digest(_bytes(cookies.get(self.cookie, "")), _bytes(self.session))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def comes_from_elsewhere(headers: Mapping[str, str], host: str, path: str) -> bool:
    """Whether another site's page sent a request. To open the app's page is the one thing that a link may do."""
    origin = headers.get("Origin")
    if origin is not None:
        return origin.partition("://")[2] != host
    if headers.get("Sec-Fetch-Site", "none") in {"none", "same-origin"}:
        return False
    return not (path == "/" and headers.get("Sec-Fetch-Mode") == "navigate")


def is_local_name(host: str) -> bool:
    """Whether a `Host` header names this machine to itself. Any site can have its own name resolve to 127.0.0.1."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def response_headers(page_policy: str, content_type: str, *, is_static: bool) -> dict[str, str]:
    """The headers of a response. Documents are shown without scripts; a PDF's viewer would not start in a sandbox."""
    headers = dict(_HEADERS)
    if is_static:
        del headers["Cache-Control"]
    if content_type == "text/html":
        headers["Content-Security-Policy"] = page_policy
    elif content_type == "application/pdf":
        headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    elif not is_static:
        headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return headers


def page_policy(template: str) -> str:
    """The policy of the app's pages: nothing is fetched from elsewhere, and no script runs but docqa's."""
    scripts = " ".join(f"'sha256-{_digest(script)}'" for script in _INLINE_SCRIPT.findall(template))
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
