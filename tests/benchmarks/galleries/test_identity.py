"""IDF1, switches and mix-ups on cases that can be worked out by hand, and against trying all assignments."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import pytest

from benchmarks.galleries.identity import Identity, Seen, identity_of
from inference.vision.types import FloatArray

PEOPLE = "abcd"


def boxes(places: object) -> FloatArray:
    left = np.array(places, np.float32).reshape(-1) * 100
    return np.stack([left, left * 0, left + 50, left * 0 + 60], axis=1)


def seen(found: Mapping[str, int | None], *, false: int | None = None) -> Seen:
    """Return a frame of people in places of their own, each found in a track or (None) not at all."""
    places = [PEOPLE.index(person) for person in found]
    tracks = [(place, number) for place, number in zip(places, found.values(), strict=True) if number is not None]
    tracks += [(9, false)] if false is not None else []
    return Seen(list(found), boxes(places), [number for _, number in tracks], boxes([place for place, _ in tracks]))


def test_one_track_a_person_is_perfect() -> None:
    identity = identity_of([seen({"a": 1, "b": 2})] * 5)
    assert (identity.idf1, identity.switches, identity.mix_ups) == (1.0, 0, 0)
    assert (identity.people, identity.tracks) == (2, 2)


def test_a_person_in_two_tracks_counts_with_the_longer_one() -> None:
    identity = identity_of([seen({"a": 1})] * 6 + [seen({"a": 2})] * 4)
    assert identity.idf1 == pytest.approx(0.6)
    assert (identity.switches, identity.mix_ups) == (1, 0)


def test_two_people_who_change_tracks_are_two_switches_and_two_mix_ups() -> None:
    identity = identity_of([seen({"a": 1, "b": 2})] * 5 + [seen({"a": 2, "b": 1})] * 5)
    assert identity.idf1 == pytest.approx(0.5)
    assert (identity.switches, identity.mix_ups) == (2, 2)


def test_a_track_that_goes_over_to_a_newcomer_is_a_mix_up_without_a_switch() -> None:
    identity = identity_of([seen({"a": 1})] * 5 + [seen({"b": 1})] * 5)
    assert (identity.switches, identity.mix_ups) == (0, 1)
    assert identity.idf1 == pytest.approx(0.5)


def test_who_is_away_and_returns_to_the_same_track_is_no_switch() -> None:
    frames = [seen({"a": 1, "b": 2}), seen({"b": 2}), seen({"a": None, "b": 2}), seen({"a": 1, "b": 2})]
    assert identity_of(frames).switches == 0


def test_missed_and_false_faces_lower_the_figure() -> None:
    identity = identity_of([seen({"a": 1}), seen({"a": None}), seen({"a": 1}, false=7)])
    assert identity.idf1 == pytest.approx(2 * 2 / (3 + 3))


def test_figures_of_recordings_add_up() -> None:
    both = Identity(8, 10, 10, 1, 0, 2, 3) + Identity(5, 10, 5, 2, 1, 1, 2)
    assert both == Identity(13, 20, 15, 3, 1, 3, 5)
    assert both.idf1 == pytest.approx(26 / 35)


@pytest.mark.parametrize("seed", range(8))
def test_idf1_agrees_with_trying_every_assignment(seed: int) -> None:
    random = np.random.default_rng(seed)
    frames = []
    for _ in range(40):
        numbers = iter(random.permutation(5).tolist())
        frames.append(seen({person: next(numbers) if random.random() < 0.8 else None for person in PEOPLE}))
    together = np.zeros((4, 5), int)
    for frame in frames:
        for number, box in zip(frame.numbers, frame.found, strict=True):
            together[int(box[0]) // 100, number] += 1
    best = max(sum(together[row, column] for row, column in enumerate(order)) for order in permutations(range(5), 4))
    assert identity_of(frames).true_positives == best
