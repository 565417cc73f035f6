"""Sums and time-weighted means of samples in each cell of people and spans."""

from __future__ import annotations

import numpy as np

from inference.vision.cells import span_of
from inference.vision.concentration import Indices, Values
from inference.vision.samples import Samples


class Sums:
    """Sums over the samples of each person and span (p, s)."""

    def __init__(self, samples: Samples, spans: Values) -> None:
        self.samples = samples
        self.spans = spans
        self.shape = (len(samples.people), len(spans))
        self.span, self.inside = span_of(samples.time_s, spans)
        self.cell = samples.person * len(spans) + self.span

    def count(self, values: Values) -> Values:
        """Return the sum of ``values`` (n,) in each cell."""
        size = self.shape[0] * self.shape[1]
        sums = np.bincount(self.cell[self.inside], weights=values[self.inside], minlength=size)
        return sums.reshape(self.shape).astype(np.float64)

    def total(self, values: Values) -> Values:
        """Return the sum of the values that were measured."""
        return self.count(np.nan_to_num(values))

    def mean(self, values: Values) -> Values:
        """Return the mean of ``values`` over the time in which they were measured; NaN where they never were."""
        known_s = self.total(np.where(np.isfinite(values), self.samples.weight_s, 0.0))
        mean = np.full(self.shape, np.nan)
        np.divide(self.total(values * self.samples.weight_s), known_s, out=mean, where=known_s > 0)
        return mean

    def frames(self) -> Indices:
        """Return (s,) the number of sampled frames in each span."""
        span, inside = span_of(self.samples.frame_times_s, self.spans)
        return np.bincount(span[inside], minlength=len(self.spans)).astype(np.int64)

    def seen(self, person: Indices, time_s: Values) -> Values:
        """Return the number of sightings of ``person`` (r,) at ``time_s`` (r,) in each cell."""
        span, inside = span_of(time_s, self.spans)
        cell = (person * len(self.spans) + span)[inside]
        return np.bincount(cell, minlength=self.shape[0] * self.shape[1]).reshape(self.shape).astype(np.float64)

    def blocks(self, values: Values, *, block_s: float) -> Values:
        """Return (p * s, blocks) the sums of ``values`` in each block of time of each cell."""
        longest_s = float((self.spans[:, 1] - self.spans[:, 0]).max(initial=block_s))
        n_blocks = int(np.ceil(longest_s / block_s))
        offset_s = self.samples.time_s - self.spans[self.span, 0]
        block = np.clip(offset_s // block_s, 0, n_blocks - 1).astype(np.int64)
        key = (self.cell * n_blocks + block)[self.inside]
        size = self.shape[0] * self.shape[1] * n_blocks
        sums = np.bincount(key, weights=values[self.inside], minlength=size)
        return sums.reshape(-1, n_blocks).astype(np.float64)
