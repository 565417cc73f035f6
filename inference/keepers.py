"""Where the parts of a run go: to the database, or nowhere but memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from courses.models import Mode
from inference import store
from inference.evidence import Evidence
from inference.identity import names_ask, suggestions_make
from inference.lease import Lease
from inference.models import AnalysisRun
from inference.vision.types import Part


class Keeper(Protocol):
    """Where the parts of a run go."""

    def add(self, part: Part) -> None:
        """Keep one part."""

    def finish(self) -> None:
        """Score the run and mark it done."""


class StoredParts:
    """Individual: every part is stored with its tracks and blocks, so that a run can go on from there."""

    def __init__(self, lease: Lease, run: AnalysisRun, labels: tuple[str, ...]) -> None:
        self._lease, self._run, self._labels = lease, run, labels

    def add(self, part: Part) -> None:
        """Store the part."""
        store.part_store(self._lease, self._run, part, n_labels=len(self._labels))

    def finish(self) -> None:
        """Score what is stored, then suggest whom it shows."""
        store.run_finish(self._lease, self._run)
        suggestions_make(self._run)
        names_ask(self._run)


class PartsInMemory:
    """Aggregate and observable: nothing of a person is ever written, so an interrupted run begins anew."""

    def __init__(self, lease: Lease, run: AnalysisRun, evidence: Evidence) -> None:
        self._lease, self._run, self._evidence = lease, run, evidence

    def add(self, part: Part) -> None:
        """Keep the part, packed, until the class is scored."""
        self._evidence.add(part)

    def finish(self) -> None:
        """Score the class and forget the rest."""
        store.run_finish(self._lease, self._run, self._evidence)


def keeper_for(
    lease: Lease, run: AnalysisRun, labels: tuple[str, ...], extra_labels: Mapping[str, tuple[str, ...]]
) -> Keeper:
    """Return the keeper that the run's mode allows."""
    if run.mode == Mode.INDIVIDUAL:
        return StoredParts(lease, run, labels)
    return PartsInMemory(lease, run, Evidence(labels, extra_labels=extra_labels))
