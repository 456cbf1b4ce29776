"""The path of the sample documents, and a text whose words small models know."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_docs"
SHARED = ROOT.parent / "shared"

PROSE = (
    "The lighthouse at Skagen was built in 1858. Its keeper, Anna Holm, lived there for 31 years. "
    "Dr. Holm wrote of storms, of ships and of the 2,148 birds that she had counted."
)
