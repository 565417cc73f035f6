"""Training and testing of classifiers, for the commands; ``verify.py`` is its like for embeddings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from torch import nn

from inference.vision.families import load_network, network_class
from inference.vision.training.as_shipped import as_shipped
from inference.vision.training.checks import human_checks
from inference.vision.training.classification import Classification, embed
from inference.vision.training.data_checks import ensure
from inference.vision.training.evaluate import Evaluation
from inference.vision.training.evaluate import evaluate as evaluate_network
from inference.vision.training.job import Job
from inference.vision.training.plots import write_plots
from inference.vision.training.prepare import load_faces
from inference.vision.training.protocols import TEST
from inference.vision.training.publish import ship, write_card
from inference.vision.training.samples import data_hash
from inference.vision.training.tables import as_text
from inference.vision.weights import card_path


def task_of(job: Job) -> Classification:
    """Return what ``job`` trains.

    Raises:
        DataError: the data cannot be trained on; the text lists all that is wrong.
    """
    return Classification(job.recipe, ensure(job.samples))


def evaluate(job: Job) -> str:
    """Test the shipped network, or the run's best one that is shipped with it; return the figures as Markdown.

    Plots are written into the run's folder.

    Raises:
        ValueError: the shipped network takes other faces, or tells other classes, than ``job`` has.
    """
    job = job if job.ships else as_shipped(job)
    network = shipped(job) if job.ships else load_network(job.recipe.family)[0].to(job.device)
    evaluation = evaluation_of(job, network)
    if job.ships:
        card, weights = card_path(job.recipe.family), _weights(job)
        write_card(card, recipe=job.recipe, weights=weights, evaluation=evaluation, data_hash=data_hash(job.samples))
    _draw(job, network, evaluation)
    return as_text(evaluation)


def shipped(job: Job) -> nn.Module:
    """Write the run's best weights as they ship; return the network that has exactly these."""
    network = network_class(job.recipe.family)(num_classes=len(job.samples.names), **job.recipe.network)
    return ship(job.folder / "best.pt", _weights(job), network).to(job.device)


def evaluation_of(job: Job, network: nn.Module) -> Evaluation:
    """Return the figures of ``network``; the learning emotions are also checked against labels that people gave."""
    evaluation = evaluate_network(network, job.recipe, job.samples, device=job.device)
    if job.recipe.data != "learning":
        return evaluation
    faces = load_faces(job.data, job.cache, job.recipe.input)
    return replace(evaluation, checks=human_checks(evaluation.tested, faces))


def _weights(job: Job) -> Path:
    return card_path(job.recipe.family).with_name(f"{job.recipe.family}.safetensors")


def _draw(job: Job, network: nn.Module, evaluation: Evaluation) -> None:
    job.folder.mkdir(parents=True, exist_ok=True)
    write_plots(
        job.folder,
        history=job.folder / "history.csv",
        matrix=evaluation.report.matrix,
        labels=job.samples.names,
        probabilities=evaluation.probabilities,
        truth=evaluation.truth,
        features=embed(network, job.recipe, job.samples.counted(TEST), job.device),
    )
