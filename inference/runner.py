"""The one bridge between rows and the pipeline: what a run may do, what it reads, where its results go."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models.fields.files import FieldFile

from courses.models import Mode
from inference.crew import Desk, call_crew, read_all, read_free
from inference.keepers import Keeper, keeper_for
from inference.lease import Lease, fence
from inference.models import AnalysisRun
from inference.monitor import Monitor
from inference.purposes import chosen_estimates, require_all
from inference.scoring import profile_of
from inference.seams import seams_close
from inference.stages import SCORES
from inference.stretches import stretches_ensure, stretches_free
from inference.versions import VERSIONS, versions_of
from inference.vision.media import probe
from inference.vision.pipeline import Pipeline, PipelineOptions

logger = logging.getLogger(__name__)


def run(lease: Lease, monitor: Monitor) -> None:
    """Do the whole run, from its last stored part on.

    Raises:
        PolicyDenied: the policy does not allow it any more; no weights were opened.
        WeightsError: the weights of a network that the policy chose are not there; nothing was decoded.
        MediaError: the recording cannot be read.
        Interrupted: the lease was lost, somebody cancelled, or the worker stops.
    """
    row = AnalysisRun.objects.select_related("recording__lecture__course__institution").get(pk=lease.run_id)
    require_all(row)
    row.extra_estimates = list(chosen_estimates(row))
    with local_file(row.recording.file) as path:
        pipeline = open_pipeline(row)
        labels = _record_facts(lease, row, pipeline)
        extra_labels = {name: card.labels for name, card in pipeline.extra_cards.items()}
        keeper = keeper_for(lease, row, labels, extra_labels)
        duration_s = probe(path).duration_s
        if stretches_ensure(lease, row, duration_s=duration_s):
            call_crew(row)
            read_all(Desk(row, pipeline, path, len(labels)), token=lease.token, monitor=monitor, duration_s=duration_s)
            seams_close(lease, row)
        else:
            _read(row, pipeline, path, keeper=keeper, monitor=monitor)
    monitor.progress.enter(SCORES)
    keeper.finish()


def join(run_id: int, token: str) -> None:
    """Read stretches of a run that another worker holds, for as long as one is free.

    Raises:
        PolicyDenied, WeightsError, MediaError, Interrupted: as `run`.
    """
    row = AnalysisRun.objects.select_related("recording__lecture__course__institution").get(pk=run_id)
    if not stretches_free(row):
        return
    require_all(row)
    with local_file(row.recording.file) as path:
        pipeline = open_pipeline(row)
        if versions_of(pipeline) != {name: getattr(row, name) for name in VERSIONS}:
            logger.warning("This worker has other weights than the run began with, so it does not join in.")
            return
        labels = pipeline.card.labels if pipeline.card else ()
        read_free(Desk(row, pipeline, path, len(labels)), token=token)


def open_pipeline(run: AnalysisRun) -> Pipeline:
    """Return the pipeline that the run's mode allows: the expression network stays closed in mode observable."""
    options = PipelineOptions(
        sample_fps=run.sample_fps,
        part_s=settings.ANALYSIS_PART_S,
        use_expression=run.mode != Mode.OBSERVABLE,
        extras=tuple(run.extra_estimates),
        basic_family=basic_family(run),
        eyes_fps=run.eyes_fps if run.mode != Mode.OBSERVABLE else 0.0,
        use_identity=run.mode == Mode.INDIVIDUAL,
    )
    return _opened(options, settings.ANALYSIS_DEVICE)


def basic_family(run: AnalysisRun) -> str:
    """Return the network that reads the basic emotions: a run goes on with the one it began with, whoever takes it."""
    begun_with = run.basic_version if run.parts_done or run.stretches.exists() else None
    chosen: str = settings.ANALYSIS_BASIC_NETWORK
    # One network reads stills and windows: its name alone does not tell which.
    return chosen if begun_with is None or chosen.startswith(begun_with.family) else begun_with.family


@lru_cache(maxsize=2)
def _opened(options: PipelineOptions, device: str) -> Pipeline:
    """Keep what a worker process has opened: the next run starts seconds earlier."""
    return Pipeline(options=options, device=device)


@contextmanager
def local_file(file: FieldFile) -> Iterator[Path]:
    """Give the stored file as a path on this machine, copied from the object store where it is not here."""
    try:
        path = Path(file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix) as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            yield Path(copy.name)
        return
    yield path


def _record_facts(lease: Lease, run: AnalysisRun, pipeline: Pipeline) -> tuple[str, ...]:
    for name, version in versions_of(pipeline).items():
        setattr(run, name, version)
    run.formula_version = profile_of(run.mode).formula_version
    run.device = pipeline.device
    recorded = ("extra_estimates", *VERSIONS, "formula_version", "device")
    fence(lease, **{name: getattr(run, name) for name in recorded})
    logger.info("Analysing in mode %s on %s from part %d.", run.mode, run.device, run.parts_done)
    return pipeline.card.labels if pipeline.card else ()


def _read(run: AnalysisRun, pipeline: Pipeline, path: Path, *, keeper: Keeper, monitor: Monitor) -> None:
    last = run.parts.order_by("-index").first()
    parts = pipeline.run(
        path,
        start_part=last.index + 1 if last else 0,
        tracker_state=last.tracker_state if last else None,
        hook=monitor.hook,
    )
    for part in parts:
        monitor.check()
        keeper.add(part)
        logger.info("Part %d, up to %.0f s, holds %d observations.", part.index, part.end_s, len(part.observations))
