"""`python -m docqa`."""

import sys
from pathlib import Path

# Python looks for modules in the current folder first: a numpy.py among somebody's documents would run.
if not sys.flags.safe_path and Path(sys.path[0]) == Path.cwd() != Path(__file__).parents[1]:
    del sys.path[0]

from docqa.cli.main import run

run()
