"""`docqa serve` as a process of its own, for the tests."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
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
    said: list[str] = field(default_factory=list)
    """The lines on stderr before the address, and once it has ended those after it."""
    printed: str = ""
    """What was on stdout, once it has ended."""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2].strip("/"))


@contextmanager
def served(*arguments: object, **options: object) -> Iterator[Served]:
    """Serve, and end it with what Ctrl-C sends."""
    process = subprocess.Popen(
        [DOCQA, "serve", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        **options,  # type: ignore[call-overload]
    )
    too_long = threading.Timer(60, process.kill)
    too_long.start()
    try:
        said: list[str] = []
        url = ""
        while not url:
            line = process.stderr.readline()
            assert line, f"it ended without an address: {said}"
            said.append(line)
            url = "".join(re.findall(r"the app is at (http://\S+)", line))
        too_long.cancel()
        served = Served(process, url, said)
        yield served
        process.send_signal(2)
        served.printed, rest = process.communicate(timeout=30)
        said += rest.splitlines()
    finally:
        too_long.cancel()
        if process.poll() is None:
            process.kill()
        process.stdout.close()
        process.stderr.close()
        process.wait()
