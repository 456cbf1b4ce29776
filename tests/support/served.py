"""Run `docqa serve` in a child process."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from support.samples import SAMPLES

DOCQA = Path(sys.executable).with_name("docqa")
REPORT = SAMPLES / "harbour-report.pdf"


@dataclass
class Served:
    process: subprocess.Popen[str]
    url: str
    stderr_lines: list[str] = field(default_factory=list)
    """Lines on stderr: up to the address while it runs, all of them after it has exited."""
    printed: str = ""
    """The output on stdout, after it has exited."""

    token: str = ""
    """What the address asks for, "" for nothing."""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].strip("/"))


@contextmanager
def served(*arguments: object, command: Sequence[object] = (DOCQA, "serve"), **options: object) -> Iterator[Served]:
    """Run `docqa serve`, and stop it with SIGINT."""
    process = subprocess.Popen(
        [*command, *map(str, arguments)],  # type: ignore[list-item]
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,  # type: ignore[call-overload]
    )
    too_long = threading.Timer(60, process.kill)
    too_long.start()
    try:
        stderr_lines: list[str] = []
        url = token = ""
        while not url:
            line = process.stderr.readline()
            assert line, f"it exited without an address: {stderr_lines}"
            stderr_lines.append(line)
            if found := re.search(r"the app is at (http://[^\s?]+?)(?:/\?token=(\S+))? ", line):
                url, token = found[1], found[2] or ""
        too_long.cancel()
        served = Served(process, url, stderr_lines, token=token)
        yield served
        process.send_signal(2)
        served.printed, rest = process.communicate(timeout=30)
        stderr_lines += rest.splitlines()
    finally:
        too_long.cancel()
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.stderr.close()
        process.wait()
