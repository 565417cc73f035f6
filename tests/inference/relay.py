"""A finished run for naming: six people for three minutes, of whom one is two tracks, before and after a break."""

from __future__ import annotations

from courses.models import Lecture
from inference import store
from inference.lease import claim
from inference.models import AnalysisRun
from inference.vision.types import Part
from tests import factories
from tests.inference.parts import CARD_LABELS, parts, with_model

BREAK_S = 90


def relay_run(lecture: Lecture, policy: object) -> AnalysisRun:
    """Return the run: tracks 1 to 5 all the time, 6 before 90 s, 7 from then on."""
    recording = factories.RecordingFactory(lecture=lecture)
    run = with_model(factories.AnalysisRunFactory(recording=recording, policy=policy))
    lease = claim(run.pk)
    assert lease is not None
    for part in parts(tracks=(1, 2, 3, 4, 5, 6, 7)):
        store.part_store(lease, run, _relayed(part), n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    run.refresh_from_db()
    return run


def _relayed(part: Part) -> Part:
    kept = [
        item
        for item in part.observations
        if item.track_number < 6 or (item.track_number == 6) == (item.timestamp_s < BREAK_S)
    ]
    facts = {name: getattr(part, name) for name in Part.__slots__}
    return Part(**{**facts, "observations": tuple(kept)})
