"""Candidates with probabilities that follow from their scores, as if nothing else were known of them."""

import numpy as np

from docqa.choice import ChoiceModel, Curve
from docqa.ranking import Candidate, ScoredCandidate

BY_SCORE = ChoiceModel(
    bias=-2.7, curves={"score": Curve((-20.0, 20.0), (-6.6, 6.6)), "rank": Curve((0.0, 10.0), (1.0, 0.0))}
)


def by_score(*candidates: Candidate) -> list[ScoredCandidate]:
    """Score candidates; of equal scores that in the window of a better rank is more probable."""
    features = {
        "score": np.array([candidate.score for candidate in candidates], dtype=float),
        "rank": np.array([candidate.rank for candidate in candidates], dtype=float),
    }
    return BY_SCORE.score(candidates, features)
