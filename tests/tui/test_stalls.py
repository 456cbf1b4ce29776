"""The event loop never blocks while a large document is opened and searched."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

_PAGES = 300
_WORDS = ("harbour", "ship", "quay", "timber", "dues", "crown", "beacon", "season", "north", "winter", "storm", "pilot")


@pytest.mark.alone
def test_the_event_loop_never_stands_still(tmp_path: Path, home: Path) -> None:
    document = _report(tmp_path / "report.pdf")
    done = subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "support" / "stalls.py", document, "Who kept lamp number 155?"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DOCQA_HOME": str(tmp_path / "home")},
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    assert measured["answer"] == "Ottilie Wrangmoor"
    assert measured["longest"] < 0.1


def _report(file: Path) -> Path:
    """Write pages of random words, one of which has the answer."""
    chance = random.Random(1)
    canvas = Canvas(str(file))
    for page in range(1, _PAGES + 1):
        for line in range(45):
            text = " ".join(chance.choices(_WORDS, k=12)).capitalize() + "."
            if (page, line) == (155, 20):
                text = "Lamp number 155 was kept by Ottilie Wrangmoor in those years."
            canvas.drawString(50, 780 - 16 * line, text)
        canvas.showPage()
    canvas.save()
    return file
