"""The model hub as docqa reaches it: address, online state, one download at a time, errors in one line."""

import errno
import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from docqa.errors import DocqaError
from docqa.files import make_private_folder
from docqa.models import registry
from docqa.models.registry import ALIASES
from docqa.progress import Monitor

NAMES_HINT = f"names are OWNER/REPOSITORY, or one of: {', '.join(ALIASES)}"
_RESUME_HINT = "run the same command again to resume"


def partial_dir() -> Path:
    """The folder of downloads that are not complete yet."""
    return registry.models_dir() / ".partial"


def endpoint_url() -> str:
    """The hub's address: `HF_ENDPOINT` as it is now (huggingface_hub reads it at import), else the default."""
    from huggingface_hub import constants

    endpoint = (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")
    if not re.fullmatch(r"https?://(\S+@)?(\[[0-9A-Fa-f:.]+\]|[\w.-]+)(:\d{1,5})?(/\S*)?", endpoint):
        raise DocqaError(f"HF_ENDPOINT is {endpoint!r}", "it should be the address of a model hub: https://…")
    return endpoint


def host(endpoint: str) -> str:
    """The host and port of the hub's address, without credentials."""
    return urlsplit(endpoint).netloc.rpartition("@")[2]


def http_error() -> type[Exception]:
    """The base class of the HTTP client's errors: httpx2's, or httpx's before huggingface_hub 2."""
    from huggingface_hub.errors import HTTPError  # type: ignore[attr-defined]

    error: type[Exception] = HTTPError
    return error


def not_a_hub(endpoint: str) -> DocqaError:
    """The error for a server that answers something else than a hub's JSON."""
    return DocqaError(f"{host(endpoint)} does not answer like a model hub", "a proxy or a login page may be in between")


@contextmanager
def exclusive(repo_id: str, monitor: Monitor) -> Iterator[None]:
    """Wait until no other download runs: two would write the same files, and `online` affects the whole process."""
    from filelock import FileLock, Timeout

    make_private_folder(partial_dir())
    lock = FileLock(partial_dir() / ".lock", mode=0o600)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            monitor.update("waiting for another download", repo_id, 0, 0)
    try:
        yield
    finally:
        lock.release()


@contextmanager
def online() -> Iterator[None]:
    """Let huggingface_hub make requests, and silence it. It checks its constants, not the environment, each time."""
    from huggingface_hub import constants
    from huggingface_hub.utils import logging as hub_logging

    before = constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY, hub_logging.get_verbosity()
    # Telemetry would make a request of its own, for a list of client programs that it can report.
    constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = False, True
    hub_logging.set_verbosity(logging.ERROR)
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE, constants.HF_HUB_DISABLE_TELEMETRY = before[:2]
        hub_logging.set_verbosity(before[2])


@contextmanager
def readable_errors(repo_id: str, revision: str, endpoint: str) -> Iterator[None]:
    """Turn the errors of huggingface_hub, the network and the disk into a `DocqaError` of one line."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        yield
    except GatedRepoError as error:
        raise DocqaError(
            f"{repo_id} is gated: its owners grant access on request",
            f"request access at {endpoint}/{repo_id}, then set HF_TOKEN",
        ) from error
    except RevisionNotFoundError as error:
        raise DocqaError(f"{repo_id} has no revision {revision!r}", f"see {endpoint}/{repo_id}/commits") from error
    except RepositoryNotFoundError as error:
        raise _not_found(repo_id, endpoint) from error
    except HfHubHTTPError as error:
        raise _http_status_error(repo_id, endpoint, error.response.status_code) from error
    except http_error() as error:
        raise DocqaError(
            f"cannot reach the model hub ({host(endpoint)})",
            "the bundled reader still works; or copy a model folder to this machine and name it: --reader FOLDER",
        ) from error
    except ImportError as error:
        reason = str(error).partition(".")[0]
        hint = "pip install socksio, or set HTTPS_PROXY to an HTTP proxy and unset ALL_PROXY"
        raise DocqaError(f"cannot use the network proxy: {reason}", hint) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise DocqaError("the disk is full", f"free some space, then {_RESUME_HINT}") from error
        raise DocqaError(f"cannot write to {registry.models_dir()}: {error.strerror or error}") from error


def _not_found(repo_id: str, endpoint: str) -> DocqaError:
    return DocqaError(
        f"there is no model {repo_id!r} on {host(endpoint)}, or it is private",
        f"{NAMES_HINT}; private models need HF_TOKEN",
    )


def _http_status_error(repo_id: str, endpoint: str, status: int) -> DocqaError:
    if status == 404:
        return _not_found(repo_id, endpoint)
    if status in {401, 403}:
        return DocqaError(
            f"{host(endpoint)} denies access to {repo_id} (HTTP {status})", "check the name, and HF_TOKEN"
        )
    return DocqaError(f"{host(endpoint)} answered HTTP {status}", f"try again later: {_RESUME_HINT}")
