"""Question–answer pairs: load, check, repair and split them."""

from docqa.pairs.gathering import Loaded, check, load
from docqa.pairs.pair import Gold, Pair
from docqa.pairs.problem import Effect, Kind, Problem, Report

__all__ = ["Effect", "Gold", "Kind", "Loaded", "Pair", "Problem", "Report", "check", "load"]
