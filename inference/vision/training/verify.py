"""Training and testing of face embeddings, for the commands; ``classify.py`` is its like for classifiers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from inference.vision.families import load_network, network_class
from inference.vision.training.as_shipped import as_shipped
from inference.vision.training.classification import predict
from inference.vision.training.data_checks import refuse
from inference.vision.training.embedding import Embedding
from inference.vision.training.face_teacher import DIMENSIONS
from inference.vision.training.job import Job
from inference.vision.training.lfw_pairs import VIEW_2, read_pairs
from inference.vision.training.lfw_protocol import network_embedder, pair_scores
from inference.vision.training.plot_points import read_history
from inference.vision.training.plots import plot_curves, plot_roc
from inference.vision.training.protocols import VALIDATION
from inference.vision.training.publish import card_lines, identity_of, ship, training_of
from inference.vision.training.samples import data_hash
from inference.vision.training.verification import Folds, Roc, all_pairs, roc, threshold_at_far, unit, view_2
from inference.vision.types import FloatArray
from inference.vision.weights import card_path

FAR = 1e-3  # of strangers, at the card's threshold
NOT_SHIPPED = ("people.",)  # the head that only training needs
Z95 = 1.96


@dataclass(frozen=True, slots=True)
class Verified:
    """Figures of one network: LFW's View 2, and the validation pairs that the threshold comes from."""

    folds: Folds
    curve: Roc
    threshold: float
    validation: Roc
    strangers: int
    scores: FloatArray
    is_same: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def figures(self) -> dict[str, Any]:
        """Return what a card says of them."""
        at = int(np.searchsorted(-self.curve.thresholds, -self.threshold, side="right")) - 1
        return {
            "protocol": "LFW View 2, ten folds, nobody of it in training or validation",
            "pairs": len(self.scores),
            "accuracy": [self.folds.mean, self.folds.mean - self.half_width, self.folds.mean + self.half_width],
            "standard_error": self.folds.standard_error,
            "auc": self.curve.auc,
            "eer": self.curve.eer,
            "threshold": self.threshold,
            "threshold_far": FAR,
            "threshold_pairs": self.strangers,
            "view_2_far_at_threshold": float(self.curve.far[at]),
            "view_2_tar_at_threshold": float(self.curve.tar[at]),
            "validation_auc": self.validation.auc,
            "validation_eer": self.validation.eer,
        }

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval of the mean accuracy."""
        return Z95 * self.folds.standard_error


def task_of(job: Job) -> Embedding:
    """Return what ``job`` trains.

    Raises:
        DataError: the set has classes in the place of embeddings.
    """
    found, needed = job.samples.labels.shape[1], job.recipe.network.get("dimensions", DIMENSIONS)
    if found != needed:
        text = f"Each face has {found} values, a teacher's embedding {needed}: train on the set lfw, or on people."
        refuse([text])
    return Embedding(job.recipe, job.samples)


def evaluate(job: Job) -> str:
    """Test the shipped network, or the run's best one that is shipped with it; return the figures as Markdown.

    Plots are written into the run's folder.

    Raises:
        ValueError: the shipped network takes other faces than ``job`` shows.
    """
    job = job if job.ships else as_shipped(job)
    network = shipped(job) if job.ships else load_network(job.recipe.family)[0].to(job.device)
    verified = verified_of(job, network)
    if job.ships:
        _write_card(job, verified)
    _draw(job.folder, verified)
    return as_text(verified)


def shipped(job: Job) -> nn.Module:
    """Write the run's best weights as they ship, without the head; return the network that has exactly these."""
    network = network_class(job.recipe.family)(num_classes=0, **job.recipe.network)
    return ship(job.folder / "best.pt", _weights(job), network, without=NOT_SHIPPED).to(job.device)


def verified_of(job: Job, network: nn.Module) -> Verified:
    """Return the figures of ``network``: the threshold from the validation people, then View 2."""
    chosen = job.samples.where(job.samples.splits == VALIDATION)
    scores, is_same = all_pairs(unit(predict(network, job.recipe, chosen, job.device)), chosen.people)
    threshold = threshold_at_far(scores[~is_same], FAR)
    pairs = read_pairs(job.data, VIEW_2)
    tested = pair_scores(network_embedder(network, job.recipe, job.device), pairs, job.data, job.cache.parent)
    folds, curve = view_2(tested, pairs.is_same, pairs.folds), roc(tested, pairs.is_same)
    strangers = int((~is_same).sum())
    return Verified(folds, curve, threshold, roc(scores, is_same), strangers, tested, pairs.is_same)


def as_text(verified: Verified) -> str:
    """Return the figures of ``verified`` as Markdown."""
    rows = [f"| {name.replace('_', ' ')} | {_shown(value)} |" for name, value in verified.figures().items()]
    return "\n".join(["| figure | value |", "| --- | --- |", *rows])


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"{value[0]:.4f} ({value[1]:.4f} to {value[2]:.4f})"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


def _weights(job: Job) -> Path:
    return card_path(job.recipe.family).with_name(f"{job.recipe.family}.safetensors")


def _write_card(job: Job, verified: Verified) -> None:
    facts = identity_of(job.recipe, _weights(job), []) | {"temperature": 1.0}  # of logits, which it has none of
    training = training_of(job.recipe, data_hash(job.samples))
    sections = {"network": dict(job.recipe.network), "training": training, "test": verified.figures()}
    card_path(job.recipe.family).write_text("\n".join(card_lines(facts, sections)) + "\n", encoding="utf-8")


def _draw(folder: Path, verified: Verified) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plot_roc({"LFW View 2": (verified.scores, verified.is_same)}, folder / "roc.png")
    if (folder / "history.csv").is_file():
        plot_curves(read_history(folder / "history.csv"), folder / "curves.png")
