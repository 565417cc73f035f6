"""One attempt at a run, and what becomes of it: done, failed, cancelled, or handed on."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.policy import PolicyDenied
from inference import runner
from inference.crew import call_again
from inference.identity import embeddings_forget
from inference.lease import Interrupted, Lease, LeaseLost, RunCancelled, WorkerStopping, fence, release
from inference.models import AnalysisRun
from inference.monitor import Monitor
from inference.progress import publish, publish_waiting
from inference.vision.media import MediaError
from inference.vision.weights import WeightsError

logger = logging.getLogger(__name__)
State = AnalysisRun.State


def execute(lease: Lease) -> None:
    """Work on the run that the lease is for, and record how it ended.

    Raises:
        OperationalError: the database was lost; what is stored stays, and the caller tries again.
    """
    _tell(lease)
    publish_waiting()
    try:
        with Monitor(lease) as monitor:
            runner.run(lease, monitor)
        logger.info("The run is done.")
    except LeaseLost:
        logger.warning("The lease was lost: another worker goes on, or the run was taken away.")
    except RunCancelled:
        _end(lease, state=State.REVOKED)
    except WorkerStopping:
        _hand_on(lease)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the run has to say that it failed
        _fail(lease, error)
    _tell(lease)
    publish_waiting()


def join(run_id: int, token: str) -> None:
    """Read stretches of a run that another worker holds; whatever goes wrong here, the holder goes on.

    Raises:
        OperationalError: the database was lost; the caller tries again.
    """
    try:
        runner.join(run_id, token)
    except WorkerStopping:
        call_again(run_id)
    except Interrupted:
        logger.info("The run is over, or the stretch is somebody else's.")
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("This worker could not read its stretch; it is left to the run's holder.")


def failure_of(error: Exception) -> tuple[str, str, str]:
    """Return code, message and remedy of an error, for people."""
    if isinstance(error, MediaError):
        return error.code, error.message, error.remedy
    if isinstance(error, PolicyDenied):
        return "policy", str(error.reason), str(error.remedy)
    if isinstance(error, WeightsError):
        return "weights", str(error), _("Run the set-up again, then retry.")
    if isinstance(error, FileNotFoundError):
        return "recording_missing", _("The recording's file is not there any more."), _("Upload the recording again.")
    return (
        "internal",
        _("The analysis stopped because of an error in Lectern."),
        _("Retry; if it stops again, give the administrator the number of this run."),
    )


def _fail(lease: Lease, error: Exception) -> None:
    code, message, remedy = failure_of(error)
    if code == "internal":
        logger.exception("The run failed.")
    else:
        logger.warning("The run failed: %s", error)
    _end(lease, state=State.FAILURE, error_code=code, error_message=message, error_remedy=remedy)


def _end(lease: Lease, **changes: object) -> None:
    try:
        fence(lease, finished_at=timezone.now(), eta_s=None, lease_expires_at=None, lease_owner="", **changes)
        embeddings_forget(lease.run_id)
    except LeaseLost:
        logger.warning("The lease was lost before the end could be recorded.")


def _hand_on(lease: Lease) -> None:
    from inference.services import send

    release(lease)
    send(lease.run_id)
    logger.info("The worker stops; the run waits for another one.")


def _tell(lease: Lease) -> None:
    publish(AnalysisRun.objects.select_related("recording__lecture").get(pk=lease.run_id))
