"""`python -m docqa`."""

import os  # Not pathlib: `--help` would wait for it.
import sys

# Python looks for modules in the current folder first: a numpy.py among somebody's documents would run.
if not sys.flags.safe_path and sys.path[0] == os.getcwd() != os.path.dirname(os.path.dirname(__file__)):  # noqa: PTH109, PTH120
    del sys.path[0]

from docqa.cli.main import run

run()
