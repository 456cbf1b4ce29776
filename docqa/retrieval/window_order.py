"""The order in which windows are read (pure)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WindowOrder:
    """Which windows are read for a question: the first `count` of `windows`.

    `windows` are the numbers of the windows in the question's scope, as they are read; `ranks[window]` is a window's
    place in the retriever's order of these, from 0, if it is one of them. Of shape (windows,), of those in the scope
    and of all.
    """

    windows: NDArray[np.int64]
    ranks: NDArray[np.int64]
    count: int

    @classmethod
    def of(
        cls,
        scores: NDArray[np.float32],
        documents: NDArray[np.int64],
        count: int,
        among: NDArray[np.int64] | None = None,
    ) -> "WindowOrder":
        """The order by a retriever's scores, so that a few documents don't hide the others.

        Of the windows that are read, two thirds are the best ones. Then come the best ones of documents that have none
        among those, which are more than the last third if there are many documents, and then the next best.
        `documents[window]` is the number of a window's document, `among` the windows in the scope if not all are.
        """
        ranked = (
            np.argsort(-scores, kind="stable") if among is None else among[np.argsort(-scores[among], kind="stable")]
        )
        certain = count - count // 3
        first_of_document = np.unique(documents[ranked], return_index=True)[1]
        unseen = np.sort(first_of_document[first_of_document >= certain])
        best = np.concatenate([np.arange(min(certain, len(ranked))), unseen])
        ranks = np.zeros(len(scores), dtype=np.int64)
        ranks[ranked] = np.arange(len(ranked))
        return cls(np.concatenate([ranked[best], np.delete(ranked, best)]), ranks, min(count, len(ranked)))

    def with_next(self, windows: NDArray[np.int64], after: int) -> "WindowOrder":
        """The order in which some windows come next, the first `after` having been read."""
        left = self.windows[after:]
        wanted = np.isin(left, windows)
        return replace(self, windows=np.concatenate([self.windows[:after], left[wanted], left[~wanted]]))
