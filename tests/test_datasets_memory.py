"""Checking a file of pairs doesn't load it into memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

MIB = 1 << 20

# The child prints its peak memory after the imports and after the check. On Linux a child inherits the ru_maxrss of its
# parent, and pytest's (with torch loaded) would hide any growth. VmHWM is the child's own.
CHECK = """
import pathlib, re, resource, sys
from docqa.datasets import check

def peak():
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

before = peak()
report = check(sys.argv[1:])
print(report.pairs, report.dropped, before, peak())
"""


def make(path: Path, size: int, form: str) -> int:
    """Write about `size` bytes of distinct valid pairs, in one article or one list; return the number of pairs."""
    prose = "The keeper wrote of storms, of ships and of the birds that she had counted from the gallery. " * 8
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('{"data": [{"paragraphs": [' if form == "squad" else "[" if form == "list" else "")
        while file.tell() < size:
            context = f"{prose}Page {count}."
            asked = [{"question": f"Which page, asked for time {i}?", "answer": f"Page {count}"} for i in range(4)]
            if form == "squad":
                start = len(prose)
                questions = [
                    {"question": each["question"], "answers": [{"text": each["answer"], "answer_start": start}]}
                    for each in asked
                ]
                items = [{"context": context, "qas": questions}]
            else:
                items = [{"context": context, **each} for each in asked]
            for item in items:
                separator = "" if file.tell() < 40 else "\n" if form == "lines" else ",\n"
                file.write(separator + json.dumps(item))
            count += len(asked)
        # The title comes last and needs a second pass, which doesn't load the file into memory either.
        file.write('], "title": "Skagen"}]}' if form == "squad" else "]" if form == "list" else "\n")
    return count


@pytest.mark.parametrize("form", ["squad", "list", "lines"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, form: str) -> None:
    path = tmp_path / ("pairs.jsonl" if form == "lines" else "pairs.json")
    count = make(path, 24 * MIB, form)
    child = subprocess.run(
        [sys.executable, "-c", CHECK, str(path)], capture_output=True, text=True, check=True, timeout=200
    )
    pairs, dropped, before, after = map(int, child.stdout.split())
    assert (pairs, dropped) == (count, 0)
    # SQLite's cache is 16 MiB; the rest is a paragraph, a buffer and the report.
    assert after - before < 24 * MIB
