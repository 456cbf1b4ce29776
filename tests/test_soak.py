"""A short run of `make soak`: what a question or an opened document leaves behind would show in a few dozen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.samples import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks import soak
from benchmarks.soak import Usage


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("part", "questions"), [("engine", 80), ("app", 40)])
def test_memory_files_threads_and_children_stay_as_they_are(part: str, questions: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.soak", part, "--questions", str(questions)]
    done = subprocess.run(
        [*command, "--json", str(tmp_path / "soak.json")],
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_growth_is_told_from_noise() -> None:
    def run(each: float) -> list[Usage]:
        return [Usage(10 * n, 300 + each * 10 * n + 5 * (n % 2), 8, 9, 0) for n in range(1, 41)]

    assert soak.growth(run(0)) < soak.bound("app", run(0))
    assert soak.growth(run(0.2)) > soak.bound("app", run(0.2)), "200 KiB a question"
