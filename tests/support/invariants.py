"""The benchmarks' invariants, for the tests."""

import sys

from support.samples import ROOT

sys.path.insert(0, str(ROOT))

from benchmarks.invariants import check_document, check_pairs

__all__ = ["check_document", "check_pairs"]
