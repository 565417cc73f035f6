"""Which weights a run uses, as rows: a run can always say what its values come from."""

from __future__ import annotations

from dataclasses import asdict

from inference.models import ModelVersion
from inference.results import EXTRA_LABELS
from inference.vision.pipeline import Pipeline
from inference.vision.weights import WeightCard, WeightsError

VERSIONS = ("model_version", "valence_version", "basic_version")
"""The columns of a run that name its weights."""


def versions_of(pipeline: Pipeline) -> dict[str, ModelVersion | None]:
    """Return the rows of the networks that are open, by the run's columns; None where one does not run.

    Raises:
        WeightsError: a card's labels are not those that results have columns for.
    """
    cards = (_version_of(pipeline.card), extra_version(pipeline, "valence"), extra_version(pipeline, "basic"))
    return dict(zip(VERSIONS, cards, strict=True))


def extra_version(pipeline: Pipeline, name: str) -> ModelVersion | None:
    """Return the row of the card of one estimate beside the learning emotions; None where it does not run.

    Raises:
        WeightsError: the card's labels are not those that results have columns for.
    """
    card = pipeline.extra_cards.get(name)
    if card and set(card.labels) != set(EXTRA_LABELS[name]):
        wanted = ", ".join(EXTRA_LABELS[name])
        raise WeightsError(f"The estimate {name!r} needs the labels {wanted}, but {card.name} has {card.labels}.")
    return _version_of(card)


def _version_of(card: WeightCard | None) -> ModelVersion | None:
    """Return the row of the weight card, saved when these weights are used for the first time."""
    if card is None:
        return None
    facts = {**asdict(card), "path": card.path.name}
    version, _is_new = ModelVersion.objects.get_or_create(
        sha256=card.sha256,
        defaults={"family": card.family, "version": card.name, "labels": list(card.labels), "card": facts},
    )
    return version
