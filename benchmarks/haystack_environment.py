"""Haystack's virtual environment, in the benchmarks' cache directory; created once per set of versions.

haystack-ai 2.31.0 is the last release with `ExtractiveReader`, and works with the transformers version pinned here.
"""

import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.planted import cache

_PACKAGES = ("haystack-ai==2.31.0", "torch==2.13.0", "transformers==5.24.0", "accelerate==1.15.0")


def python() -> Path:
    """Return the environment's interpreter, installing the environment if necessary."""
    folder = cache() / "-".join(["haystack", *(package.partition("==")[2] for package in _PACKAGES)])
    interpreter = folder / "bin" / "python"
    installed = folder / "installed"
    if not installed.exists():
        print("installing Haystack into a virtual environment", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *_PACKAGES], check=True)
        installed.touch()
    return interpreter
