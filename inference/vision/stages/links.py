"""Which track a detection continues, as far as looks tell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from inference.vision.stages.looks import likeness
from inference.vision.types import FloatArray, ImageArray

# docs/models/pipeline.md has the distributions that these were chosen on.
MIN_MOVED_LIKENESS = 0.82
LIKENESS_MARGIN = 0.1
# Where nobody else comes near, less likeness is enough.
MIN_LONE_LIKENESS, LONE_MARGIN = 0.7, 0.25
# No wrong link by place came near this, so nobody looks for a better one.
CERTAIN_LIKENESS = 0.77
IMPOSSIBLE = 1e3


class Alike:
    """Likeness of tracks and detections, computed only for the pairs that are asked for."""

    def __init__(self, tracks: ImageArray, detections: ImageArray) -> None:
        self._tracks, self.detections = tracks, detections
        self._values = np.full((len(tracks), len(detections)), np.nan, np.float32)

    def __getitem__(self, pair: tuple[int, int]) -> float:
        return float(self.pairs(np.array([pair]))[0])

    @property
    def shape(self) -> tuple[int, int]:
        """The number of tracks and of detections."""
        return len(self._tracks), len(self.detections)

    def pairs(self, pairs: npt.NDArray[np.intp]) -> FloatArray:
        """Return the likeness (n,) of (track, detection) pairs (n, 2)."""
        missing = pairs[np.isnan(self._values[pairs[:, 0], pairs[:, 1]])]
        if len(missing):
            found = likeness(self._tracks[missing[:, 0]], self.detections[missing[:, 1]])
            self._values[missing[:, 0], missing[:, 1]] = found
        return self._values[pairs[:, 0], pairs[:, 1]]

    def row(self, track: int) -> FloatArray:
        """Return the likeness of a track with every detection."""
        return self.pairs(np.array([(track, d) for d in range(len(self.detections))]))

    def column(self, detection: int) -> FloatArray:
        """Return the likeness of every track with a detection."""
        return self.pairs(np.array([(t, detection) for t in range(len(self._tracks))]))

    def rival(self, track: int, detection: int) -> float:
        """Return the best likeness of the track with other detections and of the detection with other tracks."""
        others = np.delete(self.row(track), detection), np.delete(self.column(detection), track)
        return float(np.concatenate(others).max(initial=0.0))

    def stranger(self, track: int, detection: int, has_met: npt.NDArray[np.bool_]) -> float:
        """Return the best likeness of the track with other detections and of the detection with people it ``has_met``.

        ``has_met`` (tracks,) says who was once seen beside the track. Who never was may be the same person, who got
        another number on the way: no reason to begin a third one.
        """
        others = np.delete(self.row(track), detection), self.column(detection)[has_met]
        return float(np.concatenate(others).max(initial=0.0))


def belongs_elsewhere(alike: Alike, track: int, detection: int, *, least: float) -> bool:
    """Say whether the track resembles another detection, or the detection another track, clearly more."""
    rival = alike.rival(track, detection)
    return rival >= least and rival >= alike[track, detection] + LIKENESS_MARGIN


def by_looks(alike: Alike, linked: dict[int, int], has_met: npt.NDArray[np.bool_]) -> dict[int, int]:
    """Link what place could not, as after a layout change, where looks are close and nobody else's come near.

    ``has_met`` (tracks, tracks) says who was once seen beside whom.
    """
    cost = np.full(alike.shape, IMPOSSIBLE)
    for detection in set(range(alike.shape[1])) - set(linked):
        column = alike.column(detection)
        cost[:, detection] = np.where(column >= MIN_LONE_LIKENESS, 1 - column, IMPOSSIBLE)
    cost[list(linked.values()), :] = IMPOSSIBLE
    found = assigned(cost)
    return {d: t for d, t in found.items() if _is_clear(alike[t, d], alike.stranger(t, d, has_met[t]))}


def _is_clear(likeness: float, rival: float) -> bool:
    margin = LIKENESS_MARGIN if likeness >= MIN_MOVED_LIKENESS else LONE_MARGIN
    return likeness - rival >= margin


def assigned(cost: npt.NDArray[np.floating]) -> dict[int, int]:
    """Return detection -> track of the cheapest assignment of ``cost`` (tracks, detections), possible pairs only."""
    rows, columns = linear_sum_assignment(cost)
    return {int(column): int(row) for row, column in zip(rows, columns, strict=True) if cost[row, column] < IMPOSSIBLE}
