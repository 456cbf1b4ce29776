"""Virtual environments of other tools, in the benchmarks' cache directory; each created once per set of versions.

haystack-ai 2.31.0 is the last release with `ExtractiveReader`, and works with the transformers version pinned here.
"""

import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.planted import cache

HAYSTACK = ("haystack-ai==2.31.0", "torch==2.13.0", "transformers==5.24.0", "accelerate==1.15.0")
PDF_TOOLS = ("pdfplumber==0.11.10", "pymupdf4llm==1.28.2", "kreuzberg==4.10.4")


def python(packages: tuple[str, ...]) -> Path:
    """Return the interpreter of an environment with these packages, installing it if necessary."""
    name = packages[0].partition("==")[0].removesuffix("-ai")
    folder = cache() / "-".join([name, *(package.partition("==")[2] for package in packages)])
    interpreter = folder / "bin" / "python"
    installed = folder / "installed"
    if not installed.exists():
        print(f"installing {', '.join(packages)} into a virtual environment", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *packages], check=True)
        installed.touch()
    return interpreter
