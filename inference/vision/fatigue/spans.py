"""Fatigue of one track, or one person, over spans of time: what a table stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Indices, Values
from inference.vision.fatigue.eyes import Eyes, eyes_of
from inference.vision.fatigue.level import counter_level, fatigue_level, perclos, signs_of, tired_state
from inference.vision.fatigue.profile import WINDOW, FatigueProfile
from inference.vision.fatigue.reasons import MEASURED, Reasons
from inference.vision.fatigue.signals import TrackSignals, legible
from inference.vision.fatigue.windows import ratio, sums_within, weights_of
from inference.vision.fatigue.yawns import yawns_of


@dataclass(frozen=True, slots=True)
class FatigueTable:
    """Fatigue in each of s spans, all (s,); NaN where it was not measured, and why, as a place in `NOT_MEASURED`.

    ``level`` 0..1 is the mean over the span, ``tired_share`` the share of it in the class ``tired``, ``perclos`` the
    mean PERCLOS of the 60 s before each sample. Blinks, long closures and yawns are those that began in the span.
    ``measured_s`` is the time in which the eyes were measured at all.
    """

    level: Values
    tired_share: Values
    perclos: Values
    blinks_per_min: Values
    n_long_closures: Values
    n_yawns: Values
    measured_s: Values
    perclos_reason: Indices
    blinks_reason: Indices
    long_closures_reason: Indices
    yawns_reason: Indices


@dataclass(frozen=True, slots=True)
class Fatigue:
    """Fatigue at each of one track's samples, each (n,), with the events behind it; times are those of the signals."""

    level: Values
    is_tired: Values
    perclos: Values
    eyes: Eyes
    yawns_s: Values


def fatigue_of(signals: TrackSignals, *, profile: FatigueProfile = WINDOW) -> Fatigue:
    """Return the fatigue of one track, or one person, at each of its samples."""
    read = legible(signals, profile=profile)
    eyes = eyes_of(read, profile=profile)
    yawns_s = yawns_of(read.times_s, read.mouth_openness, profile=profile)
    if profile.method == "counter":
        level = counter_level(read.times_s, eyes, profile=profile)
    else:
        level = fatigue_level(signs_of(read, eyes, yawns_s, profile=profile), profile=profile)
    is_tired = tired_state(level, profile=profile)
    return Fatigue(level, is_tired, perclos(read.times_s, eyes, profile=profile), eyes, yawns_s)


def fatigue_of_spans(signals: TrackSignals, spans: Values, *, profile: FatigueProfile = WINDOW) -> FatigueTable:
    """Return the fatigue in each of ``spans`` (s, 2), start and end in seconds; they may overlap."""
    found = fatigue_of(signals, profile=profile)
    reasons = Reasons(signals, found.eyes, spans, profile)
    blinks, long_closures, yawns = reasons.blinks(), reasons.long_closures(), reasons.yawns()
    n_blinks = _count(spans, found.eyes.blinks.start_s)
    return FatigueTable(
        level=_mean(spans, signals.times_s, found.level),
        tired_share=_mean(spans, signals.times_s, found.is_tired),
        perclos=_mean(spans, signals.times_s, found.perclos),
        blinks_per_min=_known(60.0 * ratio(n_blinks, reasons.fast_s), blinks),
        n_long_closures=_known(_count(spans, found.eyes.long_closures.start_s), long_closures),
        n_yawns=_known(_count(spans, found.yawns_s), yawns),
        measured_s=np.maximum(reasons.fast_s, reasons.slow_s),
        perclos_reason=reasons.eyes(),
        blinks_reason=blinks,
        long_closures_reason=long_closures,
        yawns_reason=yawns,
    )


def _mean(spans: Values, times_s: Values, values: Values) -> Values:
    """Return (s,) the mean of ``values`` (n,) in 0..1 over the time in which they are known; NaN without any."""
    known_s = np.where(np.isfinite(values), weights_of(times_s), 0.0)
    sums = (sums_within(spans, times_s, each) for each in (known_s * np.nan_to_num(values), known_s))
    # Differences of running sums round: a share of one may come out a hair above it.
    return np.clip(ratio(*sums), 0.0, 1.0)


def _count(spans: Values, events_s: Values) -> Values:
    return sums_within(spans, events_s, np.ones(len(events_s)))


def _known(values: Values, reason: Indices) -> Values:
    return np.where(reason == MEASURED, values, np.nan)
