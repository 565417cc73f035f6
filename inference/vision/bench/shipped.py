"""Brings the figures of the shipped cards, which ``manage.py evaluate --publish`` measured, into the bench."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inference.vision.bench.cards import FAMILIES_DIR
from inference.vision.bench.record import PROTOCOLS, SUBJECT, Protocol, record_figure

METRICS = ("accuracy", "macro_f1", "ece", "auc", "eer")
COMMAND = "python manage.py evaluate {family} --data ../shared/data --profile {profile}"
SAME_TEST = {"fer2013-own": "fer2013"}  # other labels to learn from, the same faces and labels to test on
NAMED = {"lfw": "lfw_view2", **SAME_TEST}  # the set that was trained on, and what was tested
OF_BOTH_PROTOCOLS = ("fer2013", "lfw_view2")
"""Sets whose own test is the papers': FER2013 names nobody, View 2 of LFW shares nobody between its folds."""


def record_shipped(folder: Path = FAMILIES_DIR, *, path: Path | None = None) -> int:
    """Record the test figures of every card in ``folder``, in the file ``path`` if given; return how many."""
    figures = [figure for card in sorted(folder.glob("*/card.toml")) for figure in _figures_of(card)]
    for key, protocol, facts in figures:
        record_figure(key, **facts, protocol=protocol, path=path)
    return len(figures)


def _figures_of(path: Path) -> Iterator[tuple[str, Protocol, dict[str, Any]]]:
    card = tomllib.loads(path.read_text(encoding="utf-8"))
    training, test = card.get("training", {}), card.get("test", {})
    learned = str(training.get("data", "learning"))
    tested = NAMED.get(learned, learned)
    command = COMMAND.format(family=card["family"], profile=training.get("profile", "default"))
    for metric in METRICS:
        if metric in test:
            facts = _interval(test[metric]) | {"n": _count(test), "command": command}
            for protocol in PROTOCOLS if tested in OF_BOTH_PROTOCOLS else (SUBJECT,):
                yield f"model.{card['family']}.{tested}.{metric}", protocol, facts


def _interval(figure: float | list[float]) -> dict[str, Any]:
    if not isinstance(figure, list):
        return {"value": figure}
    value, low, high = figure
    return {"value": value, "low": max(low, 0.0), "high": min(high, 1.0)}


def _count(test: Mapping[str, Any]) -> int | None:
    return test.get("faces") or test.get("pairs")
