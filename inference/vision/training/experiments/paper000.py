"""Table 1 of paper 000, by its own protocol and by clean ones: 360 faces, 1,800 after augmentation.

The paper's photos are not public. Here 120 FER2013 faces of each kind of valence take their place, and a quarter of the
network's width at 24 px, so that the 34 trainings end in minutes: the figures compare protocols, not papers.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from inference.vision.bench.record import PAPER, SUBJECT, record_figure
from inference.vision.families.eca_resnet.network import EcaResnet
from inference.vision.training.comparison import bootstrap, mcnemar, wilson
from inference.vision.training.experiments.paper000_runs import Outcome, augmented, chosen, outcome_of
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook

COMMAND = "python manage.py bench --measure paper000 --data ../shared/data"
RESNET18_PARAMETERS = 11_689_512  # with three colours and 1,000 classes
PARTS = (
    ("holdout_leaking", "eca"),
    ("holdout_leaking", "plain"),
    ("holdout", "eca"),
    ("holdout", "plain"),
    ("10fold", "eca"),
    ("10fold", "plain"),
    ("10fold_leaking", "eca"),
)


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Measure each protocol and network in turn and record it; what was trained before is not trained again."""
    keep_parameters()
    recipe = load_recipe("eca_resnet", "protocol")
    originals = chosen(load_samples(data, runs / "eca_resnet", recipe, hook))
    copies = augmented(originals, recipe)
    outcomes: dict[tuple[str, str], Outcome] = {}
    for protocol, network in PARTS:
        folder = runs / "eca_resnet" / "paper000" / f"{protocol}-{network}"
        outcomes[protocol, network] = outcome_of(variant(recipe, network), copies, protocol, folder, hook)
        keep(protocol, network, outcomes[protocol, network])
        if network == "plain" and not protocol.endswith("leaking"):  # the test takes faces to be independent
            keep_comparison(protocol, outcomes[protocol, "eca"], outcomes[protocol, "plain"])


def variant(recipe: Recipe, network: str) -> Recipe:
    """Return ``recipe`` with the whole network, or with the ``plain`` one of the table's first row."""
    plain = {"attention": "none", "activation": "relu"}
    return replace(recipe, network=dict(recipe.network) | plain) if network == "plain" else recipe


def keep(protocol: str, network: str, outcome: Outcome) -> None:
    """Record the accuracy; where copies of one original are tested, the interval is drawn over originals."""
    is_leaking, count = protocol.endswith("leaking"), len(outcome.correct)
    hits = int(outcome.correct.sum())
    low, high = bootstrap(outcome.correct, outcome.originals) if is_leaking else wilson(hits, count)
    key = f"model.eca_resnet.{data_name(protocol, network)}.accuracy"
    protocol_kind = PAPER if is_leaking else SUBJECT
    record_figure(key, hits / count, low=low, high=high, n=count, command=COMMAND, protocol=protocol_kind)


def keep_comparison(protocol: str, eca: Outcome, plain: Outcome) -> None:
    """Record how likely the two networks' difference is between equals."""
    p, key = mcnemar(eca.correct, plain.correct), f"model.eca_resnet.{data_name(protocol, 'eca')}.mcnemar_p"
    record_figure(key, p, n=len(eca.correct), command=COMMAND, protocol=SUBJECT)


def keep_parameters() -> None:
    """Record how many parameters the network has, and how many fewer than the standard ResNet18 that is."""
    count = sum(parameter.numel() for parameter in EcaResnet().parameters())
    saved = RESNET18_PARAMETERS - count
    facts = {"parameters": count, "parameters_saved": saved, "parameters_saved_share": saved / RESNET18_PARAMETERS}
    for metric, value in facts.items():
        record_figure(f"model.eca_resnet.valence.{metric}", value, command=COMMAND, protocol=PAPER)


def data_name(protocol: str, network: str) -> str:
    """Return the data part of a figure's key."""
    return f"valence_{protocol}" + ("_plain" if network == "plain" else "")
