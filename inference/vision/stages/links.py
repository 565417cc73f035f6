"""Which track each face continues: what looks, embedding and place say, summed, and one assignment of all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from inference.vision.stages.looks import correlations
from inference.vision.types import FloatArray, ImageArray

Ratios = npt.NDArray[np.float64]
"""Logarithms of how much likelier a detection is of a track's person than of another one: (tracks, detections)."""

# Fitted on galleries of other people than the benchmark's: docs/models/tracking.md.
FACE_WEIGHT, SURROUNDINGS_WEIGHT, LOOKS_OFFSET = 13.7, 5.5, 10.5
COSINE_WEIGHT, EVEN_COSINE = 11.0, 0.53
LEAST_BY_LOOKS, MOST_BY_EMBEDDING = -15.0, 6.0
# Strangers of an unknown call, as likely as so many pairs that are seen.
STRANGERS, STRANGER_PAIRS = (0.38, 0.23), 4.0
# What it costs to explain a frame by a layout change, and each link in it.
CHANGED, MOVED = 10.0, -0.5
# A link that is better than any other use of its detection or track by less is not made.
LEAST_MARGIN = 2.0
# Fisher's z has no end at a correlation of 1; beyond this it is noise.
MOST_CORRELATION = 0.995


@dataclass(frozen=True, slots=True)
class Links:
    """Detection -> track of an assignment, and the sum of its ratios."""

    linked: dict[int, int]
    total: float


def looks_ratios(albums: Sequence[Sequence[ImageArray]], looks: ImageArray) -> Ratios:
    """Return what looks say of tracks with ``albums`` of earlier looks and detections with ``looks`` (m, 2, 16, 16, 3).

    How alike strangers are is seen in the frame itself: before one virtual background all are more alike.
    """
    pictures = np.stack([picture for album in albums for picture in album])
    begins = np.cumsum([0, *(len(album) for album in albums[:-1])])
    alike = np.maximum.reduceat(_fisher(correlations(pictures, looks)), begins, axis=1)
    beyond = alike - _strangers(looks)[:, None, None]
    ratios = FACE_WEIGHT * beyond[0] + SURROUNDINGS_WEIGHT * beyond[1] - LOOKS_OFFSET
    return np.asarray(np.maximum(ratios, LEAST_BY_LOOKS))


def embedding_ratios(known: FloatArray, taken: FloatArray, qualities: Ratios) -> Ratios:
    """Return what unit vectors of tracks ``known`` (n, d) and detections ``taken`` (m, d) say; 0 where one is NaN.

    ``qualities`` (m,) 0..1 say how much each of ``taken`` is worth.
    """
    cosines = (known[:, None].astype(np.float64) * taken[None]).sum(axis=2)
    ratios = np.clip(COSINE_WEIGHT * (cosines - EVEN_COSINE), -MOST_BY_EMBEDDING, MOST_BY_EMBEDDING)
    return np.asarray(np.nan_to_num(ratios * qualities))


def together(vectors: Sequence[FloatArray | None], size: int) -> FloatArray:
    """Return vectors (n, size), NaN for those that are None."""
    nobody = np.full(size, np.nan, np.float32)
    return np.stack([nobody if vector is None else vector for vector in vectors])


def assigned(ratios: Ratios) -> Links:
    """Return the assignment with the greatest sum of ``ratios`` above 0; who is in none is somebody new."""
    count = ratios.shape[1]
    rows, columns = linear_sum_assignment(np.concatenate([ratios, np.zeros((count, count))]), maximize=True)
    is_link = rows < len(ratios)
    pairs = zip(rows[is_link].tolist(), columns[is_link].tolist(), strict=True)
    linked = {column: row for row, column in pairs}
    return Links(linked, float(sum(ratios[row, column] for column, row in sorted(linked.items()))))


def margins(ratios: Ratios, linked: dict[int, int]) -> dict[int, float]:
    """Return by how much each link beats the best other use of its detection or of its track."""
    columns, rows = list(linked), list(linked.values())
    others = np.concatenate([ratios, np.zeros((1, ratios.shape[1]))])
    others[rows, columns] = 0.0
    best = np.maximum(others.max(axis=0)[columns], others.max(axis=1)[rows])
    return dict(zip(columns, (ratios[rows, columns] - best).tolist(), strict=True))


def explained(known: Ratios, place: Ratios, is_in_place: npt.NDArray[np.bool_]) -> tuple[dict[int, int], bool]:
    """Return detection -> track, and whether a layout change explains the frame better than that the layout stayed.

    ``known`` is what looks and embeddings say, ``place`` what place says while the layout stays; where most links
    leave their places it did not. Links that are hardly better than another use of their detection or track are left
    out: rather a new track than a wrong one.
    """
    stayed, changed = assigned(known + place), assigned(known + MOVED)
    left = sum(not is_in_place[track, detection] for detection, track in stayed.linked.items())
    is_changed = changed.total - CHANGED > stayed.total or left > len(stayed.linked) / 2
    ratios, links = (known + MOVED, changed) if is_changed else (known + place, stayed)
    margin = margins(ratios, links.linked)
    return {d: track for d, track in links.linked.items() if margin[d] >= LEAST_MARGIN}, is_changed


def _strangers(looks: ImageArray) -> npt.NDArray[np.float64]:
    """Return how alike different people of this frame are (2,), for faces and surroundings."""
    count = len(looks)
    alike = _fisher(correlations(looks, looks))
    pairs = count * (count - 1)
    total = alike.sum(axis=(1, 2)) - np.trace(alike, axis1=1, axis2=2)
    return np.asarray((total + STRANGER_PAIRS * np.array(STRANGERS)) / (pairs + STRANGER_PAIRS))


def _fisher(correlation: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return Fisher's z, whose spread does not depend on the correlation."""
    return np.asarray(np.arctanh(np.clip(correlation, -MOST_CORRELATION, MOST_CORRELATION)))
