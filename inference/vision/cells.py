"""Which span of time a sample falls into."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Indices, Values


def span_of(time_s: Values, spans: Values) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """Return (n,) the span that holds each time, and whether one does; the last span also holds what follows it."""
    if not len(spans):
        return np.zeros(len(time_s), np.int64), np.zeros(len(time_s), np.bool_)
    span = np.searchsorted(spans[:, 0], time_s, side="right") - 1
    held = np.clip(span, 0, len(spans) - 1)
    inside = (span >= 0) & ((time_s < spans[held, 1]) | (held == len(spans) - 1))
    return held.astype(np.int64), inside
