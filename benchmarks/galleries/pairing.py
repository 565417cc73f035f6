"""Which found box belongs to which true one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from inference.vision.types import FloatArray

MIN_OVERLAP = 0.4
"""Less than the usual 0.5: the true boxes of photos follow LFW's convention, a detector's boxes another one."""


def pairs_of(overlap: FloatArray, least: float = MIN_OVERLAP) -> npt.NDArray[np.intp]:
    """Return pairs (k, 2) of row and column, each in one pair at most, of the greatest sum of ``overlap`` (n, m).

    Pairs below ``least`` do not count.
    """
    worth = np.where(overlap >= least, overlap, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    is_pair = worth[rows, columns] > 0
    return np.stack([rows[is_pair], columns[is_pair]], axis=1)
