"""Parts made by hand: what the pipeline would hand over, with values that a test can foresee."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from courses.models import Lecture
from inference import store
from inference.lease import Lease, claim
from inference.models import AnalysisRun, ModelVersion
from inference.vision.types import FloatArray, Observation, Part
from tests import factories

# A card's own order, on purpose not the order of the score's columns.
CARD_LABELS = ("happy", "tired", "confused", "curious", "distracted", "focused")
FOCUSED = np.eye(6, dtype=np.float32)[5]
DISTRACTED = np.eye(6, dtype=np.float32)[4]
Face = Callable[[int, float], Observation]


def face(
    track: int,
    time_s: float,
    *,
    probabilities: FloatArray | None = FOCUSED,
    rejection: str = "",
    **values: float,
) -> Observation:
    return Observation(
        track_number=track,
        timestamp_s=time_s,
        bbox_xyxy=np.array([10 * track, 20, 10 * track + 50, 80], np.float32),
        score=values.get("score", 0.9),
        probabilities=probabilities,
        yaw_deg=values.get("yaw_deg", 0.0),
        pitch_deg=values.get("pitch_deg", 0.0),
        roll_deg=0.0,
        eye_openness=values.get("eye_openness", 0.3),
        mouth_openness=0.1,
        quality=values.get("quality", 0.5 + time_s / 1000),
        rejection=rejection,
    )


def varied(track: int, time_s: float) -> Observation:
    """A face whose values differ from second to second, the same in every run."""
    rng = np.random.default_rng([track, int(time_s)])
    return face(
        track, time_s, probabilities=rng.dirichlet(np.ones(6)).astype(np.float32), yaw_deg=float(rng.normal(0, 20)),
        eye_openness=float(rng.normal(0.3, 0.08)),
    )  # fmt: skip


def parts(
    *, n_parts: int = 3, part_s: float = 60.0, tracks: tuple[int, ...] = (1, 2), make: Face = varied
) -> Iterator[Part]:
    """Yield parts in which every track is seen once a second."""
    for index in range(n_parts):
        times_s = np.arange(index * part_s, (index + 1) * part_s)
        yield Part(
            index=index,
            start_s=index * part_s,
            end_s=(index + 1) * part_s,
            frame_times_s=times_s.astype(np.float32),
            observations=tuple(make(track, float(time_s)) for time_s in times_s for track in tracks),
            tracker_state={"next": 3},
        )


def finished_run(run: AnalysisRun, lease: Lease) -> AnalysisRun:
    """Store six people over three minutes and finish the run."""
    for part in parts(tracks=(1, 2, 3, 4, 5, 6)):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    run.refresh_from_db()
    return run


def analysed_in_parts(lecture: Lecture, policy: object) -> AnalysisRun:
    """Return a finished individual run of a lecture of three minutes, with stored observations."""
    recording = factories.RecordingFactory(lecture=lecture)
    run = with_model(factories.AnalysisRunFactory(recording=recording, policy=policy))
    lease = claim(run.pk)
    assert lease is not None
    run.refresh_from_db()
    return finished_run(run, lease)


def with_model(run: AnalysisRun) -> AnalysisRun:
    """Give the run a weight card with the labels of `parts`."""
    run.model_version = ModelVersion.objects.get_or_create(
        sha256="0" * 64, defaults={"family": "drsn", "version": "1", "labels": list(CARD_LABELS), "card": {}}
    )[0]
    run.save(update_fields=["model_version"])
    return run
