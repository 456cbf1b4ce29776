"""Question–answer pairs: load, validate, repair and split them."""

from docqa.datasets.issues import Issue, IssueEffect, IssueKind, LoadReport
from docqa.datasets.loading import LoadedPairs, check, load
from docqa.datasets.mix import MixCount, MixEntry
from docqa.datasets.pair import Gold, Pair
from docqa.datasets.splitting import Overlap, Split, SplitUnit, overlap, sample, sizes, split

__all__ = [
    "Gold",
    "Issue",
    "IssueEffect",
    "IssueKind",
    "LoadReport",
    "LoadedPairs",
    "MixCount",
    "MixEntry",
    "Overlap",
    "Pair",
    "Split",
    "SplitUnit",
    "check",
    "load",
    "overlap",
    "sample",
    "sizes",
    "split",
]
