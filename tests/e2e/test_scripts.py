"""Scripts that use the Python API exit cleanly while the reader is loading, however they end."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.samples import PROSE

ENDINGS = {
    "end": ("", {0}),
    "exit": ("import sys; sys.exit(3)", {3}),
    "exception": ("1 / 0", {1}),
    "several engines": ("docqa.open(file); docqa.open(file)", {0}),
    "question": ("next(report.ask_progressively('Who kept it?'))", {0}),
    # A shell starts background jobs with SIGINT ignored, and they inherit that.
    "Ctrl-C": (
        "import signal, time; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "print(flush=True); time.sleep(60)",
        {-signal.SIGINT, 1},  # 1 if another Ctrl-C arrives while Python reports the first.
    ),
}
RUNS = 4  # Of each, with an empty cache, where loading takes longest. A daemon thread crashed one run in three.


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.timeout(300)
def test_a_script_ends_cleanly_while_the_reader_loads(ending: str, tmp_path: Path) -> None:
    code, expected = ENDINGS[ending]
    file = tmp_path / "a.txt"
    file.write_text(PROSE, encoding="utf-8")

    def run(number: int) -> tuple[int, str]:
        environment = {**os.environ, "DOCQA_HOME": str(tmp_path / str(number)), "DOCQA_PRECISION": "auto"}
        script = f"import docqa; file = {str(file)!r}; report = docqa.open(file)\n{code}"
        with subprocess.Popen(
            [sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            if ending == "Ctrl-C":
                assert process.stdout is not None
                process.stdout.readline()
                for _ in range(3):  # An impatient user.
                    process.send_signal(signal.SIGINT)
            _, errors = process.communicate()
            return process.returncode, errors

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(run, range(RUNS)))
    assert {code for code, _ in done} <= expected, done
    assert not any("terminate" in errors or "Fatal" in errors for _, errors in done)
