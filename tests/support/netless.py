"""A network namespace without interfaces: nothing in it can reach anything, whatever it tries.

As a script, in such a namespace, this brings up the loopback device, which is down at first, and becomes the command
that it is given.
"""

import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1


@functools.cache
def _unshare() -> tuple[str, ...] | None:
    """The command that runs another one without a network, as any user or as root; None if the kernel forbids it."""
    for command in (("unshare", "-rn"), ("unshare", "-n")):
        if shutil.which("unshare"):
            tried = subprocess.run([*command, "true"], capture_output=True, check=False)
            if tried.returncode == 0:
                return command
    return None


def without_network(*command: object, loopback: bool = False) -> list[str]:
    """A command line that runs `command` without a network. Skips the test where that is not possible."""
    unshare = _unshare()
    if unshare is None:
        pytest.skip("the kernel gives no network namespace (unshare -rn)")
    up = [sys.executable, "-P", str(Path(__file__))] if loopback else []
    return [*unshare, *up, *map(str, command)]


def _bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", _IFF_UP))


if __name__ == "__main__":
    _bring_up_loopback()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606
