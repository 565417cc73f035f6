"""Stretches of a long run: how it is cut, who may take which, and what is stored of them."""

from __future__ import annotations

import socket
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from courses.models import Mode
from inference import seams, store
from inference.lease import Lease, LeaseLost, new_token, release_of_dead_workers
from inference.models import AnalysisRun, AnalysisStretch, FaceTrack, ObservationBlock
from inference.seams import joined_numbers, seams_close
from inference.stretches import (
    NUMBERS,
    StretchLease,
    seconds_read,
    spans_of,
    state_before,
    stretch_claim,
    stretch_count,
    stretch_release,
    stretch_renew,
    stretches_ensure,
    stretches_free,
)
from inference.vision.sights import FirstSight
from inference.vision.types import Part
from tests.inference.parts import CARD_LABELS, parts

pytestmark = pytest.mark.django_db
LENGTH_S = 240.0


@pytest.fixture(autouse=True)
def split(settings: Any) -> None:
    settings.ANALYSIS_SPLIT_S = 120


@pytest.fixture
def stretches(run: AnalysisRun, lease: Lease) -> list[AnalysisStretch]:
    """The two stretches of a run of four parts."""
    assert stretches_ensure(lease, run, duration_s=LENGTH_S)
    return list(run.stretches.all())


def take(run: AnalysisRun, *, is_holder: bool = False) -> tuple[AnalysisStretch, StretchLease]:
    claimed = stretch_claim(run.pk, token=new_token(), is_holder=is_holder)
    assert claimed is not None
    return claimed


def sight(number: int) -> FirstSight:
    return FirstSight(number, 0.0, np.zeros(4, np.float32), np.zeros((2, 16, 16, 3), np.uint8))


def keep(lease: StretchLease, run: AnalysisRun, part: Part) -> None:
    with transaction.atomic():
        if stretch_count(lease, part):
            store.part_write(run, part, n_labels=len(CARD_LABELS))


def read(run: AnalysisRun, *people: int) -> None:
    """Read the next free stretch, in which ``people`` are seen, numbered in this order."""
    stretch, lease = take(run)
    numbers = [int(state_before(stretch)["next_number"]) + place for place in range(len(people))]
    wanted = range(stretch.first_part, stretch.end_part or 4)
    for part in (part for part in parts(n_parts=4, tracks=tuple(numbers)) if part.index in wanted):
        sights = tuple(map(sight, numbers)) if part.index == stretch.first_part else ()
        state: dict[str, object] = {"tracks": [{"number": number} for number in numbers]}
        keep(lease, run, replace(part, first_sights=sights, tracker_state=state))
    stretch_renew(lease, is_done=True)


def test_stretches_are_whole_parts_and_as_even_as_can_be(settings: Any) -> None:
    settings.ANALYSIS_SPLIT_S = 1200
    assert spans_of(50) == [(0, 16), (16, 33), (33, None)]
    assert spans_of(20) == [(0, None)]
    settings.ANALYSIS_SPLIT_S = 0
    assert spans_of(500) == [(0, None)]


def test_a_long_run_is_cut_once(run: AnalysisRun, lease: Lease, stretches: list[AnalysisStretch]) -> None:
    assert [(row.first_part, row.end_part) for row in stretches] == [(0, 2), (2, None)]
    assert stretches_ensure(lease, run, duration_s=LENGTH_S)
    assert run.stretches.count() == 2


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_where_nothing_of_a_person_is_stored_a_run_stays_whole(run: AnalysisRun, lease: Lease, mode: Mode) -> None:
    run.mode = mode
    assert not stretches_ensure(lease, run, duration_s=LENGTH_S)


def test_a_run_that_began_whole_stays_whole(run: AnalysisRun, lease: Lease) -> None:
    store.part_store(lease, run, next(parts()), n_labels=len(CARD_LABELS))
    assert not stretches_ensure(lease, run, duration_s=LENGTH_S)


def test_who_lost_the_run_does_not_cut_it(run: AnalysisRun, lease: Lease) -> None:
    with pytest.raises(LeaseLost):
        stretches_ensure(Lease(run.pk, "somebody else"), run, duration_s=LENGTH_S)


def test_each_stretch_is_taken_by_one_worker(run: AnalysisRun, stretches: list[AnalysisStretch]) -> None:
    assert [take(run)[0].index, take(run)[0].index] == [0, 1]
    assert stretch_claim(run.pk, token=new_token(), is_holder=True) is None
    assert not stretches_free(run)


def test_a_stretch_whose_worker_is_gone_is_taken_again_and_refuses_the_old_one(
    run: AnalysisRun, stretches: list[AnalysisStretch]
) -> None:
    _, old = take(run)
    AnalysisStretch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert take(run)[0].index == 0
    with pytest.raises(LeaseLost):
        stretch_renew(old)
    with pytest.raises(LeaseLost):
        keep(old, run, next(parts()))
    assert not FaceTrack.objects.exists()


def test_stretches_of_dead_processes_of_this_machine_are_freed(
    run: AnalysisRun, stretches: list[AnalysisStretch]
) -> None:
    take(run)
    take(run)
    gone = subprocess.Popen(["true"])
    gone.wait()
    run.stretches.filter(index=1).update(lease_owner=f"{socket.gethostname()}|{gone.pid}|1")
    release_of_dead_workers()
    assert take(run)[0].index == 1
    assert not stretches_free(run)


def test_the_same_claim_comes_back_to_its_stretch(run: AnalysisRun, stretches: list[AnalysisStretch]) -> None:
    token = new_token()
    indices = [claimed[0].index for _ in range(2) if (claimed := stretch_claim(run.pk, token=token, is_holder=False))]
    assert indices == [0, 0]


def test_what_another_worker_failed_at_is_left_to_the_holder(
    run: AnalysisRun, stretches: list[AnalysisStretch]
) -> None:
    stretch_release(take(run)[1], is_left_to_holder=True)
    assert take(run)[0].index == 1
    assert take(run, is_holder=True)[0].index == 0


@pytest.mark.parametrize("state", [AnalysisRun.State.REVOKED, AnalysisRun.State.FAILURE])
def test_nobody_reads_on_when_the_run_is_over(run: AnalysisRun, stretches: list[AnalysisStretch], state: str) -> None:
    _, held = take(run)
    AnalysisRun.objects.update(state=state)
    with pytest.raises(LeaseLost):
        keep(held, run, next(parts()))
    assert stretch_claim(run.pk, token=new_token(), is_holder=False) is None


def test_a_part_is_stored_once_and_the_stretch_goes_on_after_it(
    run: AnalysisRun, stretches: list[AnalysisStretch]
) -> None:
    stretch, held = take(run)
    part = replace(next(parts()), first_sights=(sight(1),), tracker_state={"next_number": 3, "tracks": []})
    keep(held, run, part)
    keep(held, run, part)
    stretch.refresh_from_db()
    run.refresh_from_db()
    assert (stretch.next_part, len(stretch.first_sights), run.parts_done) == (1, 1, 1)
    assert state_before(stretch) == {"next_number": 3, "tracks": []}
    assert ObservationBlock.objects.count() == 2


def test_a_later_stretch_begins_with_strangers_and_numbers_of_its_own(stretches: list[AnalysisStretch]) -> None:
    assert state_before(stretches[0]) == {"next_number": 1, "tracks": []}
    assert state_before(stretches[1]) == {"next_number": NUMBERS + 1, "tracks": []}


def test_progress_is_the_sum_of_all_stretches(run: AnalysisRun, stretches: list[AnalysisStretch]) -> None:
    for _ in range(2):
        stretch_renew(take(run)[1], read_s=50.0)
    assert seconds_read(run.pk) == 100.0


def test_who_was_away_for_a_whole_stretch_is_known_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [{}, {11: 2, 12: 1}, {21: 3, 22: 1}]
    seen: list[list[int]] = []

    def stitch(before: Any, _sights: object) -> dict[int, int]:
        seen.append(sorted(row["number"] for row in before["tracks"]))
        return known[len(seen) - 1]

    monkeypatch.setattr(seams, "stitch", stitch)
    people = [(1, 2), (11, 12, 13), (21, 22, 23)]
    ended = [({"tracks": [{"number": number} for number in numbers]}, list(map(sight, numbers))) for numbers in people]
    assert joined_numbers(ended) == {1: 1, 2: 2, 11: 2, 12: 1, 13: 3, 21: 3, 22: 1, 23: 4}
    assert seen == [[], [1, 2], [1, 2, 3]]


def test_a_person_on_both_sides_of_a_seam_is_one_track(
    run: AnalysisRun, lease: Lease, stretches: list[AnalysisStretch], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{}, {NUMBERS + 2: 1}]
    monkeypatch.setattr(seams, "stitch", lambda *_: answers.pop(0))
    read(run, 1, 2)
    read(run, 3, 1)
    seams_close(lease, run)
    tracks = {track.number: track for track in run.tracks.all()}
    assert sorted(tracks) == [1, 2, 3]
    assert (tracks[1].first_s, tracks[1].last_s, tracks[1].n_observations) == (0.0, 239.0, 240)
    assert list(tracks[1].blocks.order_by("part_index").values_list("part_index", flat=True)) == [0, 1, 2, 3]
    assert tracks[1].best_s > 120
    assert (tracks[3].first_s, tracks[3].n_observations) == (120.0, 120)
    assert not run.stretches.exists()
    store.run_finish(lease, run)
    run.refresh_from_db()
    assert run.state == AnalysisRun.State.SUCCESS
