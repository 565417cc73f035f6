"""Writes to runs, each one transaction; tasks are sent when it is committed. Tracks are in `inference.naming`."""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError

from courses.models import Mode, Recording, ReferencePhoto, User
from courses.policy import Purpose, allowed_estimates, effective_mode, require
from inference import store
from inference.errors import (
    NoSuchProfile,
    NotOnRoster,
    RunHasNoIndex,
    RunIsActive,
    RunIsNotFinished,
    RunKeepsNothing,
    RunRefused,
)
from inference.identity import embeddings_forget
from inference.models import AnalysisRun
from inference.naming import (
    locked_for_scores,
    run_undo,
    track_assign,
    track_mark,
    track_merge,
    track_split,
    track_unmerge,
)
from inference.progress import publish
from inference.purposes import require_all
from inference.scoring import profile_of_run
from inference.vision.fatigue.profile import FATIGUE_PROFILES
from inference.vision.profiles import PROFILES, Profile

__all__ = [
    "NoSuchProfile",
    "NotOnRoster",
    "RunHasNoIndex",
    "RunIsActive",
    "RunIsNotFinished",
    "RunKeepsNothing",
    "RunRefused",
    "photo_send",
    "run_cancel",
    "run_request",
    "run_rescore",
    "run_retry",
    "run_undo",
    "track_assign",
    "track_mark",
    "track_merge",
    "track_split",
    "track_unmerge",
]
logger = logging.getLogger(__name__)
State = AnalysisRun.State


def run_request(recording: Recording, *, requested_by: User | None) -> AnalysisRun:
    """Save a waiting run in the mode that the policy allows, and hand it to a worker.

    Raises:
        PolicyDenied: no policy is valid now.
        RunIsActive: the recording is being analysed already.
    """
    course = recording.lecture.course
    policy = require(Purpose.OBSERVE, institution=course.institution, course=course)
    run = AnalysisRun(
        institution=course.institution,
        recording=recording,
        requested_by=requested_by,
        policy=policy,
        mode=effective_mode(policy, course),
        extra_estimates=list(allowed_estimates(policy, course)),
        sample_fps=course.sample_fps,
        eyes_fps=settings.ANALYSIS_EYES_FPS,
        segment_s=course.segment_s,
    )
    run.full_clean(validate_constraints=False)
    return _save_waiting(run)


def run_cancel(run: AnalysisRun) -> None:
    """Stop the run: at once when nobody works on it, else as soon as its worker looks up."""
    runs = AnalysisRun.objects.filter(pk=run.pk)
    idle = runs.filter(state=State.PENDING) | runs.filter(state=State.STARTED, lease_expires_at__lt=Now())
    if idle.update(state=State.REVOKED, finished_at=Now(), eta_s=None, lease_owner=""):
        embeddings_forget(run.pk)
    else:
        runs.filter(state=State.STARTED).update(is_cancel_requested=True)
    run.refresh_from_db()
    transaction.on_commit(lambda: publish(run))


def run_retry(run: AnalysisRun) -> AnalysisRun:
    """Let a failed or cancelled run wait again; it goes on from its last stored part.

    Raises:
        RunIsActive: another run of the recording waits or works.
        RunIsNotFinished: the run neither failed nor was cancelled.
    """
    require_all(run)
    run.refresh_from_db()
    if run.is_active:
        raise RunIsActive
    if run.state == State.SUCCESS:
        raise RunIsNotFinished
    run.state, run.is_cancel_requested, run.attempts = State.PENDING, False, 0
    run.error_code = run.error_message = run.error_remedy = ""
    run.finished_at = run.eta_s = None
    return _save_waiting(run)


def run_rescore(run: AnalysisRun, *, profile: str = "", fatigue: str = "") -> None:
    """Compute all scores of a finished individual run from its stored observations; no video is decoded.

    ``profile`` names another profile of the index and ``fatigue`` one of fatigue: the run keeps them from then on,
    whatever is scored again later.

    Raises:
        NoSuchProfile: there is none of that name.
        RunHasNoIndex: the run was made in mode observable.
        RunKeepsNothing: the run was made in mode aggregate.
        PolicyDenied: the policy of today forbids values of one person, or what the profile reads.
        RunIsNotFinished: the run has no scores yet.
    """
    chosen = _profile_named(profile) if profile else profile_of_run(run)
    _require_index(run, chosen)
    with transaction.atomic():
        row = locked_for_scores(run)
        row.formula_version = chosen.formula_version
        row.fatigue_version = FATIGUE_PROFILES[fatigue].formula_version if fatigue else row.fatigue_version
        store.scores_from_blocks(row)
    run.formula_version, run.fatigue_version = row.formula_version, row.fatigue_version


def _profile_named(name: str) -> Profile:
    if name not in PROFILES:
        raise NoSuchProfile
    return PROFILES[name]


def _require_index(run: AnalysisRun, profile: Profile) -> None:
    """Refuse what the run's mode or the policy of today forbids."""
    if run.mode == Mode.OBSERVABLE:
        raise RunHasNoIndex
    if run.mode != Mode.INDIVIDUAL:
        raise RunKeepsNothing
    course = run.recording.lecture.course
    for purpose in (Purpose.EXPRESSION, Purpose.INDIVIDUAL) if profile.reads_expression else (Purpose.INDIVIDUAL,):
        require(purpose, institution=course.institution, course=course)


def _save_waiting(run: AnalysisRun) -> AnalysisRun:
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        if "one_active_run" not in str(error):
            raise
        raise RunIsActive from error
    transaction.on_commit(lambda: send(run.pk))
    transaction.on_commit(lambda: publish(run))
    return run


def send(run_id: int) -> None:
    """Hand the run to a worker. A lost message is sent again by `recover_runs`, so a lost broker is no failure."""
    from inference.tasks import analyze_run

    try:
        analyze_run.delay(run_id)
    except BrokerError:
        logger.warning("The broker cannot be reached; run %d will be sent later.", run_id)


def photo_send(photo: ReferencePhoto) -> None:
    """Hand a waiting reference photo to a worker. A lost message costs the photo, which then says so."""
    from inference.tasks import read_reference

    try:
        read_reference.delay(photo.pk)
    except BrokerError:
        logger.warning("The broker cannot be reached; the reference photo %d is lost.", photo.pk)
