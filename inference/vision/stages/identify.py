"""Whom a track shows: its mean embedding beside the references, in an open set - most people may be nobody known.

A track votes with all its faces: their mean, weighted by quality and brought to length 1, is compared with the mean of
each student's references. One threshold of the cosine means "likely", a lower one "unsure"; both depend on how many
faces voted, and hold for the weights that they were found with alone (``benchmarks/identity.py``).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from inference.vision.sights import TakenEmbedding
from inference.vision.types import FloatArray
from inference.vision.weights import WeightsError, card_path

Band: TypeAlias = Literal["likely", "unsure"]
BANDS_FILE = "identity.json"
# A face without quality says nothing, but must not make a mean impossible.
LEAST_WEIGHT = 1e-3


@dataclass(frozen=True, slots=True)
class FaceSum:
    """The quality-weighted sum (d,) of ``n`` unit embeddings: adding two of them joins two tracks."""

    total: npt.NDArray[np.float32]
    n: int

    def __add__(self, other: FaceSum) -> FaceSum:
        """Return the sum over the faces of both."""
        return FaceSum(self.total + other.total, self.n + other.n)

    @property
    def mean(self) -> FloatArray:
        """The mean direction (d,), of length 1."""
        return _unit(self.total)


@dataclass(frozen=True, slots=True)
class Gallery:
    """The enrolled: row i of ``vectors`` (m, d) is the mean of the references of ``people[i]``."""

    people: tuple[int, ...]
    vectors: FloatArray


@dataclass(frozen=True, slots=True)
class Bands:
    """Least cosines of "likely" and "unsure" for tracks of at least ``least_faces`` faces, each (k,), rising."""

    weights_sha256: str
    least_faces: tuple[int, ...]
    likely: tuple[float, ...]
    unsure: tuple[float, ...]

    def of(self, score: float, *, n_faces: int) -> Band | None:
        """Return the band of a score; None where the track shows nobody known."""
        row = max(int(np.searchsorted(self.least_faces, n_faces, side="right")) - 1, 0)
        return "likely" if score >= self.likely[row] else "unsure" if score >= self.unsure[row] else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Whom track ``number`` may show; ``score`` is the cosine."""

    number: int
    person: int
    band: Band
    score: float


def sums_of(taken: Iterable[TakenEmbedding]) -> dict[int, FaceSum]:
    """Return what the embeddings of one stretch say of each track, by its number."""
    sums: dict[int, FaceSum] = {}
    for item in taken:
        one = FaceSum(item.vector.astype(np.float32) * np.float32(max(item.quality, LEAST_WEIGHT)), 1)
        sums[item.track_number] = sums[item.track_number] + one if item.track_number in sums else one
    return sums


def gallery_of(references: Mapping[int, Sequence[FloatArray]]) -> Gallery:
    """Return the gallery of some people's unit reference embeddings (d,); who has none is not in it."""
    known = {person: vectors for person, vectors in references.items() if len(vectors)}
    means = [_unit(np.mean(np.stack(vectors), axis=0)) for vectors in known.values()]
    return Gallery(tuple(known), np.stack(means) if means else np.empty((0, 0), np.float32))


def suggest(
    tracks: Mapping[int, FaceSum], gallery: Gallery, bands: Bands, *, together: Collection[frozenset[int]]
) -> list[Suggestion]:
    """Return at most one suggestion a track, by track; tracks seen ``together`` never share a person.

    The best scores come first. A track that is like two people at the level of "likely" is "unsure".
    """
    return settled(_candidates(tracks, gallery, bands), together=together)


def settled(candidates: Iterable[Suggestion], *, together: Collection[frozenset[int]]) -> list[Suggestion]:
    """Return the best of the candidates so that each track has one, and tracks seen ``together`` share nobody."""
    found: dict[int, Suggestion] = {}
    for candidate in sorted(candidates, key=lambda item: -item.score):
        is_taken = any(
            other.person == candidate.person and frozenset({number, candidate.number}) in together
            for number, other in found.items()
        )
        if candidate.number not in found and not is_taken:
            found[candidate.number] = candidate
    return [found[number] for number in sorted(found)]


def _candidates(tracks: Mapping[int, FaceSum], gallery: Gallery, bands: Bands) -> Iterable[Suggestion]:
    for number, faces in tracks.items() if gallery.people else ():
        scores = [float(score) for score in gallery.vectors @ faces.mean]
        named = [bands.of(score, n_faces=faces.n) for score in scores]
        is_torn = named.count("likely") > 1
        for person, score, band in zip(gallery.people, scores, named, strict=True):
            if band:
                yield Suggestion(number, person, "unsure" if is_torn else band, score)


def bands_path(family: str) -> Path:
    """Return where the thresholds of a family's embeddings stand: beside its card."""
    return card_path(family).with_name(BANDS_FILE)


def load_bands(path: Path, *, weights_sha256: str) -> Bands:
    """Read the thresholds at ``path``.

    Raises:
        WeightsError: they are missing, malformed, or those of other weights than ``weights_sha256``.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        columns = [tuple(facts[name]) for name in ("least_faces", "likely", "unsure")]
        bands = Bands(str(facts["weights_sha256"]), *columns)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"{path} cannot be read: {error!r}. Run python -m benchmarks.identity --publish.") from error
    if bands.weights_sha256 != weights_sha256:
        raise WeightsError(f"{path} belongs to other weights: run python -m benchmarks.identity --publish.")
    return bands


def _unit(vector: npt.NDArray[np.float32]) -> FloatArray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)
