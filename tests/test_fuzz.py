"""Damaged files: none crashes, hangs or takes too much memory, and what opens is whole. Longer by hand: `make fuzz`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from support.pdf_bytes import deflated
from support.samples import ROOT, SAMPLES, SHARED

sys.path.insert(0, str(ROOT))

from benchmarks import fuzz
from benchmarks.mutations import mutate

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures processes by /proc")

REPORT = SAMPLES / "harbour-report.pdf"
FAULTS = ("crash", "hang", "memory")


def faults(inputs: Sequence[fuzz.Input], keep: Path) -> list[dict[str, object]]:
    return [each for each in fuzz.run(inputs, fuzz.Limits(), keep) if each["status"] in FAULTS]


def test_no_mutation_of_the_sample_documents_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "deflated.pdf").write_bytes(deflated(REPORT))
    inputs = [*fuzz.mutations(fuzz.files_in([SAMPLES, tmp_path]), 150, seed=17)]
    assert len({each.file for each in inputs}) == 7
    assert not faults(inputs, tmp_path / "kept")


@pytest.mark.skipif(not (SHARED / "pdfs").is_dir(), reason="the shared PDFs are not next to this checkout")
def test_no_mutation_of_public_pdfs_is_a_fault(tmp_path: Path) -> None:
    files = [file for file in fuzz.files_in([SHARED / "pdfs", SHARED / "bugs"]) if file.stat().st_size < 200_000]
    assert len(files) > 30
    assert not faults([*fuzz.mutations(files, 150, seed=17)], tmp_path)


def test_the_same_seed_gives_the_same_mutation() -> None:
    data, other = deflated(REPORT), (SAMPLES / "staff-handbook.md").read_bytes()
    for seed in range(40):
        mutation = mutate(data, other, Random(seed))
        assert mutation == mutate(data, other, Random(seed))
        assert 1 <= len(mutation.changes) <= 4
    assert len({mutate(data, other, Random(seed)).data for seed in range(40)}) > 35


@pytest.mark.parametrize(
    ("code", "limits", "status"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", fuzz.Limits(), "crash"),
        ("while True: pass", fuzz.Limits(seconds=0.2), "hang"),
        ("data = bytearray(200 << 20); input()", fuzz.Limits(memory=100), "memory"),
        (
            "import subprocess, sys; "
            "subprocess.run([sys.executable, '-c', 'data = bytearray(200 << 20); import time; time.sleep(60)'])",
            fuzz.Limits(memory=100),
            "memory",
        ),
    ],
)
def test_a_process_that_fails_is_seen_and_replaced(tmp_path: Path, code: str, limits: fuzz.Limits, status: str) -> None:
    worker = (sys.executable, "-c", f"input(); {code}" if "while" not in code else f"input()\n{code}")
    with fuzz.Parser(limits, tmp_path / "kept", worker) as parser:
        outcomes = [parser.outcome(fuzz.Input(REPORT)) for _ in range(2)]
    assert [each["status"] for each in outcomes] == [status, status]
    if status == "crash":
        assert outcomes[0]["message"] == "SIGSEGV"
