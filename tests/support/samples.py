"""The path of the sample documents, and texts whose words small models know."""

import re
from pathlib import Path

from docqa import paths

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_docs"
SHARED = ROOT.parent / "shared"

PROSE = (
    "The lighthouse at Skagen was built in 1858. Its keeper, Anna Holm, lived there for 31 years. "
    "Dr. Holm wrote of storms, of ships and of the 2,148 birds that she had counted."
)

GENERAL_WORDS = " ".join(re.findall(r"[^\W\d_]+", paths.general_sample().read_text(encoding="utf-8")))
"""Without them, a training that is evaluated on the general sample would read it letter by letter."""
