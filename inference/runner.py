"""The one bridge between rows and the pipeline: what a run may do, what it reads, where its results go."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models.fields.files import FieldFile

from courses.models import Mode
from inference.keepers import Keeper, keeper_for
from inference.lease import Lease, fence
from inference.models import AnalysisRun, ModelVersion
from inference.monitor import Monitor
from inference.purposes import chosen_estimates, require_all
from inference.results import EXTRA_LABELS
from inference.scoring import profile_of
from inference.stages import SCORES
from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.weights import WeightCard, WeightsError

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
        _read(row, pipeline, path, keeper=keeper, monitor=monitor)
    monitor.progress.enter(SCORES)
    keeper.finish()


def open_pipeline(run: AnalysisRun) -> Pipeline:
    """Return the pipeline that the run's mode allows: the expression network stays closed in mode observable."""
    options = PipelineOptions(
        sample_fps=run.sample_fps,
        part_s=settings.ANALYSIS_PART_S,
        use_expression=run.mode != Mode.OBSERVABLE,
        extras=tuple(run.extra_estimates),
        basic_family=basic_family(run),
        eyes_fps=run.eyes_fps if run.mode != Mode.OBSERVABLE else 0.0,
    )
    return _opened(options, settings.ANALYSIS_DEVICE)


def basic_family(run: AnalysisRun) -> str:
    """Return the network that reads the basic emotions: a run goes on with the one it began with, whoever takes it."""
    begun_with = run.basic_version if run.parts_done else None
    return begun_with.family if begun_with else settings.ANALYSIS_BASIC_NETWORK


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


def version_of(card: WeightCard | None) -> ModelVersion | None:
    """Return the row of the weight card, saved when these weights are used for the first time."""
    if card is None:
        return None
    facts = {**asdict(card), "path": card.path.name}
    version, _is_new = ModelVersion.objects.get_or_create(
        sha256=card.sha256,
        defaults={"family": card.family, "version": card.name, "labels": list(card.labels), "card": facts},
    )
    return version


def _record_facts(lease: Lease, run: AnalysisRun, pipeline: Pipeline) -> tuple[str, ...]:
    run.model_version = version_of(pipeline.card)
    run.valence_version = extra_version(pipeline, "valence")
    run.basic_version = extra_version(pipeline, "basic")
    run.formula_version = profile_of(run.mode).formula_version
    run.device = pipeline.device
    recorded = ("extra_estimates", "model_version", "valence_version", "basic_version", "formula_version", "device")
    fence(lease, **{name: getattr(run, name) for name in recorded})
    logger.info("Analysing in mode %s on %s from part %d.", run.mode, run.device, run.parts_done)
    return pipeline.card.labels if pipeline.card else ()


def extra_version(pipeline: Pipeline, name: str) -> ModelVersion | None:
    """Return the row of the card of one estimate beside the learning emotions; None where it does not run.

    Raises:
        WeightsError: the card's labels are not those that results have columns for.
    """
    card = pipeline.extra_cards.get(name)
    if card and set(card.labels) != set(EXTRA_LABELS[name]):
        wanted = ", ".join(EXTRA_LABELS[name])
        raise WeightsError(f"The estimate {name!r} needs the labels {wanted}, but {card.name} has {card.labels}.")
    return version_of(card)


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
