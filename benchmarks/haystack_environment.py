"""Haystack's own virtual environment, in the benchmarks' cache folder: made once, found again by what is in it.

2.31.0 is the last release with `ExtractiveReader`; 3.0.0 has none. It works with the transformers named here.
"""

import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.planted import cache

_PACKAGES = ("haystack-ai==2.31.0", "torch==2.13.0", "transformers==5.24.0", "accelerate==1.15.0")


def python() -> Path:
    """The environment's Python."""
    folder = cache() / "-".join(["haystack", *(package.partition("==")[2] for package in _PACKAGES)])
    found = folder / "bin" / "python"
    made = folder / "installed"
    if not made.exists():
        print("installing Haystack into an environment of its own", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", *_PACKAGES], check=True)
        made.touch()
    return found
