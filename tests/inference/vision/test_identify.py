"""Open-set naming of tracks: likely, unsure or nobody, by the vote of all faces of a track."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.vision.sights import TakenEmbedding
from inference.vision.stages.identify import (
    Bands,
    FaceSum,
    bands_path,
    gallery_of,
    load_bands,
    suggest,
    sums_of,
)
from inference.vision.types import FloatArray
from inference.vision.weights import WeightsError, card_path, load_card

BANDS = Bands("0" * 64, (1, 5), (0.8, 0.9), (0.5, 0.6))
ADA, BEN, EVE = 11, 12, 13


def axis(k: int, towards: int | None = None, cosine: float = 1.0) -> FloatArray:
    """Return the k-th unit vector, or one at ``cosine`` from it, turned ``towards`` another."""
    vector = np.zeros(8, np.float32)
    vector[k] = cosine
    if towards is not None:
        vector[towards] = np.sqrt(1 - cosine**2)
    return vector


def track(vector: FloatArray, n: int = 1) -> FaceSum:
    return FaceSum(vector * np.float32(n), n)


GALLERY = gallery_of({ADA: [axis(0)], BEN: [axis(1)], EVE: []})


def found(tracks: dict[int, FaceSum], *together: tuple[int, int]) -> dict[int, tuple[int, str]]:
    pairs = {frozenset(pair) for pair in together}
    return {item.number: (item.person, item.band) for item in suggest(tracks, GALLERY, BANDS, together=pairs)}


def test_who_has_no_reference_is_not_in_the_gallery() -> None:
    assert GALLERY.people == (ADA, BEN)


@pytest.mark.parametrize(("cosine", "expected"), [(0.85, {1: (ADA, "likely")}), (0.7, {1: (ADA, "unsure")}), (0.4, {})])
def test_the_score_decides_between_likely_unsure_and_unknown(cosine: float, expected: object) -> None:
    assert found({1: track(axis(0, 5, cosine))}) == expected


def test_a_longer_track_needs_the_higher_score() -> None:
    assert found({1: track(axis(0, 5, 0.85), 5)}) == {1: (ADA, "unsure")}


def test_a_stranger_is_nobody() -> None:
    assert found({1: track(axis(6)), 2: track(axis(7))}) == {}


def test_an_empty_gallery_knows_nobody() -> None:
    assert suggest({1: track(axis(0))}, gallery_of({}), BANDS, together=()) == []


def test_of_two_tracks_seen_together_the_nearer_one_is_the_student() -> None:
    tracks = {1: track(axis(0, 5, 0.86)), 2: track(axis(0, 6, 0.95))}
    assert found(tracks, (1, 2)) == {2: (ADA, "likely")}


def test_two_tracks_never_seen_together_may_be_one_student() -> None:
    tracks = {1: track(axis(0, 5, 0.86)), 2: track(axis(0, 6, 0.95))}
    assert found(tracks) == {1: (ADA, "likely"), 2: (ADA, "likely")}


def test_a_track_that_is_like_two_people_is_unsure() -> None:
    twins = gallery_of({ADA: [axis(0, 1, 0.95)], BEN: [axis(0, 2, 0.95)]})
    (only,) = suggest({1: track(axis(0))}, twins, BANDS, together=())
    assert only.band == "unsure"


def test_the_gallery_takes_the_mean_of_the_references() -> None:
    gallery = gallery_of({ADA: [axis(0), axis(1)]})
    np.testing.assert_allclose(gallery.vectors[0, :2], [np.sqrt(0.5)] * 2, rtol=1e-6)


def test_good_faces_count_more_and_order_does_not_matter() -> None:
    taken = [TakenEmbedding(3, 0, 0.9, axis(0)), TakenEmbedding(3, 1, 0.1, axis(1)), TakenEmbedding(4, 1, 0.0, axis(2))]
    sums, reversed_sums = sums_of(taken), sums_of(reversed(taken))
    assert (sums[3].n, sums[4].n) == (2, 1)
    assert sums[3].mean[0] > 8 * sums[3].mean[1]
    np.testing.assert_allclose(sums[4].mean, axis(2))
    np.testing.assert_allclose(sums[3].total, reversed_sums[3].total)


def test_joined_tracks_vote_together() -> None:
    taken = [TakenEmbedding(1, float(k), 0.5, axis(k)) for k in range(4)]
    parted = sums_of(taken[:2])[1] + sums_of(taken[2:])[1]
    assert parted.n == 4
    np.testing.assert_allclose(parted.mean, sums_of(taken)[1].mean, rtol=1e-6)


@given(st.integers(0, 10_000), st.integers(1, 6))
def test_nobody_is_suggested_twice_among_tracks_seen_together(seed: int, n_tracks: int) -> None:
    random = np.random.default_rng(seed)
    tracks = {k: track(random.normal(size=8).astype(np.float32)) for k in range(n_tracks)}
    everyone = {frozenset({a, b}) for a in tracks for b in tracks if a < b}
    people = [item.person for item in suggest(tracks, GALLERY, Bands("", (1,), (0.4,), (-1.0,)), together=everyone)]
    assert len(people) == len(set(people))


def test_thresholds_of_other_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    facts = {"weights_sha256": "a" * 64, "least_faces": [1], "likely": [0.8], "unsure": [0.6]}
    path.write_text(json.dumps(facts), encoding="utf-8")
    assert load_bands(path, weights_sha256="a" * 64).likely == (0.8,)
    with pytest.raises(WeightsError, match="other weights"):
        load_bands(path, weights_sha256="b" * 64)


@pytest.mark.parametrize("text", ["", "{}", "[1]"])
def test_malformed_thresholds_say_how_to_make_them_anew(tmp_path: Path, text: str) -> None:
    path = tmp_path / "identity.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match="--publish"):
        load_bands(path, weights_sha256="a" * 64)


def test_the_shipped_thresholds_are_those_of_the_shipped_weights() -> None:
    card = load_card(card_path("facenet"))
    bands = load_bands(bands_path("facenet"), weights_sha256=card.sha256)
    assert all(likely > unsure for likely, unsure in zip(bands.likely, bands.unsure, strict=True))
