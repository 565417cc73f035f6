"""Samples in, scores per person and span out, with coverage and interval; and the class over its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inference.vision.bootstrap import interval
from inference.vision.concentration import Indices, Values
from inference.vision.fatigue.profile import WINDOW, FatigueProfile
from inference.vision.profiles import Profile
from inference.vision.samples import Samples
from inference.vision.signs import UNREAD_SIGNS, signs_of
from inference.vision.sums import Sums


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """Values (p, s) of p people in s spans, NaN where too little was seen; ``mix`` and each of ``extras`` (p, s, k).

    The class's table has one row, and ``n_people`` says how many people stand behind each value. ``signs`` are those
    of ``signs.SIGNS``, by name.
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
    extras: Mapping[str, Values] = field(default_factory=dict)
    signs: Mapping[str, Values] = field(default_factory=dict)


def score_people(samples: Samples, spans: Values, *, profile: Profile, fatigue: FatigueProfile = WINDOW) -> ScoreTable:
    """Return the scores of each person in ``spans`` (s, 2), which ascend and do not overlap."""
    sums = Sums(samples, spans)
    n_observations = sums.count(np.ones(len(samples.person)))
    observed_s, frames = sums.total(samples.weight_s), sums.frames()
    coverage = n_observations / np.maximum(frames, 1)
    enough = _is_sufficient(observed_s, coverage, step_s=_usual_step(samples), profile=profile)
    value = np.where(enough, sums.mean(samples.index), np.nan)
    low, high = _person_interval(sums, samples, value, profile=profile)
    return ScoreTable(
        concentration=value,
        low=low,
        high=high,
        coverage=coverage,
        n_observations=n_observations.astype(np.int64),
        n_people=enough.astype(np.int64),
        mix=_shares(sums, samples.mix, enough),
        eyes_closed_share=np.where(enough, sums.mean(samples.is_eyes_closed), np.nan),
        head_turned_share=np.where(enough, sums.mean(samples.is_head_turned), np.nan),
        extras={name: _shares(sums, values, enough) for name, values in samples.extras.items()},
        signs=signs_of(sums, profile=profile, fatigue=fatigue),
    )


def score_class(people: ScoreTable, *, profile: Profile, least_people: int = 1) -> ScoreTable:
    """Return the class's scores (1, s): the mean over people, not over frames; the interval resamples people.

    A sign that was measured on fewer than ``least_people`` is NaN: it rests on fewer people than the index does.
    """
    value = _mean_over_people(people.concentration)
    known = np.isfinite(people.concentration).T
    ends = interval(np.nan_to_num(people.concentration).T, known.astype(float), resamples=profile.resamples)
    low, high = _around(value, *ends)
    n_seen = np.maximum(_is_seen(people).sum(axis=0), 1)
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
        extras={name: _mean_over_people(values)[None] for name, values in people.extras.items()},
        signs=_class_signs(people, least_people=least_people),
    )


def _is_seen(people: ScoreTable) -> npt.NDArray[np.bool_]:
    """Return who was seen in each span (p, s), whether anything of them could be read or not."""
    unread = [people.signs[name] > 0 for name in UNREAD_SIGNS if name in people.signs]
    return np.asarray(np.any([people.n_observations > 0, *unread], axis=0))


def _class_signs(people: ScoreTable, *, least_people: int) -> dict[str, Values]:
    """Return the mean (1, s) of each sign over the people on whom it was measured and who were seen in the span."""
    found = {}
    is_seen = _is_seen(people)
    for name, values in people.signs.items():
        known = np.where(is_seen, values, np.nan)
        is_enough = np.isfinite(known).sum(axis=0) >= least_people
        found[name] = np.where(is_enough, _mean_over_people(known), np.nan)[None]
    return found


def _shares(sums: Sums, mix: Values, enough: npt.NDArray[np.bool_]) -> Values:
    """Return the mean probabilities (p, s, k) of ``mix`` (n, k) where enough was seen."""
    columns = [np.where(enough, sums.mean(column), np.nan) for column in mix.T]
    return np.stack(columns, axis=-1) if columns else np.empty((*enough.shape, 0))


def _person_interval(sums: Sums, samples: Samples, value: Values, *, profile: Profile) -> tuple[Values, Values]:
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
