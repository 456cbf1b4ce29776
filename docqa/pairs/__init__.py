"""Question–answer pairs: load, check, repair and split them."""

from docqa.pairs.gathering import Loaded, check, load
from docqa.pairs.pair import Gold, Pair
from docqa.pairs.problem import Effect, Kind, Problem, Report
from docqa.pairs.splitting import By, Overlap, Split, overlap, sample, sizes, split

__all__ = [
    "By",
    "Effect",
    "Gold",
    "Kind",
    "Loaded",
    "Overlap",
    "Pair",
    "Problem",
    "Report",
    "Split",
    "check",
    "load",
    "overlap",
    "sample",
    "sizes",
    "split",
]
