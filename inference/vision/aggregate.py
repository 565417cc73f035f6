"""Observations in, scores per person and span out, with coverage and interval; and the class over its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.bootstrap import interval
from inference.vision.concentration import (
    Profile,
    Signals,
    Values,
    concentration,
    expression_signal,
    eyes_closed,
    eyes_signal,
    flag,
    head_offset_deg,
    head_signal,
    perclos,
)

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ObservationTable:
    """Columns of observations, each (n,); ``probabilities`` (n, k) in the order of ``labels``. NaN: not measured."""

    labels: tuple[str, ...]
    track: Indices
    time_s: Values
    quality: Values
    probabilities: Values
    yaw_deg: Values
    pitch_deg: Values
    eye_openness: Values


@dataclass(frozen=True, slots=True)
class Samples:
    """At most one observation a person and sampled frame, by person and time; all (n,), ``mix`` (n, k).

    ``person`` indexes ``people``; ``weight_s`` is the time that the sample stands for.
    """

    people: Indices
    frame_times_s: Values
    frame_weights_s: Values
    person: Indices
    time_s: Values
    weight_s: Values
    index: Values
    mix: Values
    is_eyes_closed: Values
    is_head_turned: Values


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Values (p, s) of p people in s spans, NaN where too little was seen; ``mix`` (p, s, k).

    The class's table has one row, and ``n_people`` says how many people stand behind each value.
    """

    concentration: Values
    low: Values
    high: Values
    coverage: Values
    n_observations: Indices
    n_people: Indices
    mix: Values
    eyes_closed_share: Values
    head_turned_share: Values


def prepare(
    table: ObservationTable,
    frame_times_s: Values,
    *,
    profile: Profile,
    person_of_track: Mapping[int, int] | None = None,
) -> Samples:
    """Return the samples of each person: signals, index and flags, computed track by track.

    ``person_of_track`` names the tracks that show one person; a track that it lacks is a person of its own number.
    A person seen twice at one instant counts once, where the face is seen better.
    """
    frames_s = np.unique(frame_times_s)
    weights_s = frame_weights(frames_s)
    order = np.lexsort((table.time_s, table.track))
    frame = nearest(frames_s, table.time_s)
    signals = _signals_by_track(table, weights_s[frame], order, profile=profile)
    owner = _people_of(table.track, person_of_track or {})
    kept = _once(owner, frame, table.quality, _is_valid(table, signals, profile=profile))
    people, person = np.unique(owner[kept], return_inverse=True)
    return Samples(
        people=people,
        frame_times_s=frames_s,
        frame_weights_s=weights_s,
        person=person.astype(np.int64),
        time_s=frames_s[frame[kept]],
        weight_s=weights_s[frame[kept]],
        index=concentration(signals, profile=profile)[kept],
        mix=table.probabilities[kept],
        is_eyes_closed=signals.is_eyes_closed[kept],
        is_head_turned=signals.is_head_turned[kept],
    )


def frame_weights(frames_s: Values) -> Values:
    """Return (m,) the seconds that each sampled frame stands for: until the next one, at most two usual steps."""
    if len(frames_s) < 2:
        return np.ones(len(frames_s))
    steps = np.diff(frames_s)
    usual = float(np.median(steps))
    return np.asarray(np.minimum(np.append(steps, usual), 2 * usual), np.float64)


def nearest(frames_s: Values, time_s: Values) -> Indices:
    """Return (n,) the index of the sampled frame that is nearest to each time; stored times are rounded."""
    right = np.clip(np.searchsorted(frames_s, time_s), 1, max(len(frames_s) - 1, 1))
    last = np.minimum(right, len(frames_s) - 1)
    is_left = np.abs(time_s - frames_s[right - 1]) <= np.abs(time_s - frames_s[last])
    return np.where(is_left, right - 1, last).astype(np.int64)


def score_people(samples: Samples, spans: Values, *, profile: Profile) -> ScoreTable:
    """Return the scores of each person in ``spans`` (s, 2), which ascend and do not overlap."""
    sums = _Sums(samples, spans)
    n_observations = sums.count(np.ones(len(samples.person)))
    observed_s, frames = sums.total(samples.weight_s), sums.frames()
    coverage = n_observations / np.maximum(frames, 1)
    enough = _is_sufficient(observed_s, coverage, step_s=_usual_step(samples), profile=profile)
    value = np.where(enough, sums.mean(samples.index), np.nan)
    low, high = _person_interval(sums, samples, value, profile=profile)
    columns = [np.where(enough, sums.mean(column), np.nan) for column in samples.mix.T]
    return ScoreTable(
        concentration=value,
        low=low,
        high=high,
        coverage=coverage,
        n_observations=n_observations.astype(np.int64),
        n_people=enough.astype(np.int64),
        mix=np.stack(columns, axis=-1) if columns else np.empty((*value.shape, 0)),
        eyes_closed_share=np.where(enough, sums.mean(samples.is_eyes_closed), np.nan),
        head_turned_share=np.where(enough, sums.mean(samples.is_head_turned), np.nan),
    )


def score_class(people: ScoreTable, *, profile: Profile) -> ScoreTable:
    """Return the class's scores (1, s): the mean over people, not over frames; the interval resamples people."""
    value = _mean_over_people(people.concentration)
    known = np.isfinite(people.concentration).T
    ends = interval(np.nan_to_num(people.concentration).T, known.astype(float), resamples=profile.resamples)
    low, high = _around(value, *ends)
    n_seen = np.maximum((people.n_observations > 0).sum(axis=0), 1)
    return ScoreTable(
        concentration=value[None],
        low=low[None],
        high=high[None],
        coverage=(people.coverage.sum(axis=0) / n_seen)[None],
        n_observations=people.n_observations.sum(axis=0)[None],
        n_people=people.n_people.sum(axis=0)[None],
        mix=_mean_over_people(people.mix)[None],
        eyes_closed_share=_mean_over_people(people.eyes_closed_share)[None],
        head_turned_share=_mean_over_people(people.head_turned_share)[None],
    )


class _Sums:
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


def span_of(time_s: Values, spans: Values) -> tuple[Indices, npt.NDArray[np.bool_]]:
    """Return (n,) the span that holds each time, and whether one does; the last span also holds what follows it."""
    if not len(spans):
        return np.zeros(len(time_s), np.int64), np.zeros(len(time_s), np.bool_)
    span = np.searchsorted(spans[:, 0], time_s, side="right") - 1
    held = np.clip(span, 0, len(spans) - 1)
    inside = (span >= 0) & ((time_s < spans[held, 1]) | (held == len(spans) - 1))
    return held.astype(np.int64), inside


def _person_interval(sums: _Sums, samples: Samples, value: Values, *, profile: Profile) -> tuple[Values, Values]:
    known_s = np.where(np.isfinite(samples.index), samples.weight_s, 0.0)
    weighted = sums.blocks(np.nan_to_num(samples.index) * known_s, block_s=profile.block_s)
    weights = sums.blocks(known_s, block_s=profile.block_s)
    cells = np.flatnonzero(np.isfinite(value))
    low, high = np.full(value.size, np.nan), np.full(value.size, np.nan)
    low[cells], high[cells] = interval(weighted[cells], weights[cells], resamples=profile.resamples)
    return _around(value, low.reshape(value.shape), high.reshape(value.shape))


def _around(value: Values, low: Values, high: Values) -> tuple[Values, Values]:
    """Return an interval that stays in 0..100 and never leaves out its own mean, not even by rounding."""
    return np.clip(np.minimum(low, value), 0.0, 100.0), np.clip(np.maximum(high, value), 0.0, 100.0)


def _signals_by_track(table: ObservationTable, weights_s: Values, order: Indices, *, profile: Profile) -> Signals:
    """Return signals in the table's order; baselines and windows belong to one track each."""
    columns = np.full((5, len(order)), np.nan)
    columns[0] = expression_signal(table.probabilities, table.labels, profile=profile)
    starts = np.flatnonzero(np.diff(table.track[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        columns[1:, rows] = _track_signals(table, rows, weights_s[rows], profile=profile)
    return Signals(*columns)


def _track_signals(table: ObservationTable, rows: Indices, weights_s: Values, *, profile: Profile) -> Values:
    """Return (4, n): head signal, eyes signal, eyes closed, head turned of one track in order of time."""
    times_s = table.time_s[rows]
    offset_deg = head_offset_deg(times_s, table.yaw_deg[rows], table.pitch_deg[rows], profile=profile)
    is_closed = eyes_closed(times_s, table.eye_openness[rows], profile=profile)
    share = perclos(times_s, is_closed, weights_s, profile=profile)
    is_turned = flag(offset_deg, offset_deg > profile.head_turned_deg)
    return np.stack([
        head_signal(offset_deg, profile=profile), eyes_signal(share, profile=profile), is_closed, is_turned,
    ])  # fmt: skip


def _is_valid(table: ObservationTable, signals: Signals, *, profile: Profile) -> npt.NDArray[np.bool_]:
    measured = np.isfinite(signals.expression) | np.isfinite(signals.head) | np.isfinite(signals.is_eyes_closed)
    return np.asarray(measured & (table.quality >= profile.least_quality))


def _people_of(track: Indices, person_of_track: Mapping[int, int]) -> Indices:
    numbers, position = np.unique(track, return_inverse=True)
    owners = np.array([person_of_track.get(int(number), int(number)) for number in numbers], np.int64)
    return np.asarray(owners[position] if len(owners) else track, np.int64)


def _once(owner: Indices, frame: Indices, quality: Values, valid: npt.NDArray[np.bool_]) -> Indices:
    """Return the rows to keep, by person and frame: of several at one instant the best seen."""
    order = np.lexsort((-quality, frame, owner))
    order = order[valid[order]]
    same = (np.diff(owner[order], prepend=-1) == 0) & (np.diff(frame[order], prepend=-1) == 0)
    return np.asarray(order[~same], np.int64)


def _is_sufficient(observed_s: Values, coverage: Values, *, step_s: float, profile: Profile) -> npt.NDArray[np.bool_]:
    # Half a sample of slack: ten samples of a second each may add up to 9.99 s.
    long_enough = observed_s >= profile.least_observed_s - 0.5 * step_s
    ample = (coverage >= profile.least_coverage) | (observed_s >= profile.ample_observed_s)
    return np.asarray(long_enough & ample)


def _usual_step(samples: Samples) -> float:
    return float(np.median(samples.frame_weights_s)) if len(samples.frame_weights_s) else 0.0


def _mean_over_people(values: Values) -> Values:
    """Return the mean over the first axis, leaving out NaN; NaN where nobody has a value."""
    known = np.isfinite(values)
    count = known.sum(axis=0)
    mean = np.full(values.shape[1:], np.nan)
    np.divide(np.nan_to_num(values).sum(axis=0), count, out=mean, where=count > 0)
    return mean
