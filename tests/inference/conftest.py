"""Runs at every point of their life."""

from __future__ import annotations

import pytest

from courses.models import Lecture
from inference.lease import Lease, claim
from inference.models import AnalysisRun
from tests import factories
from tests.inference.parts import finished_run, with_model


@pytest.fixture
def run(lecture: Lecture, policy: object) -> AnalysisRun:
    """A waiting run of a lecture of three minutes."""
    recording = factories.RecordingFactory(lecture=lecture)
    return with_model(factories.AnalysisRunFactory(recording=recording, policy=policy))


@pytest.fixture
def lease(run: AnalysisRun) -> Lease:
    """The lease of the waiting run, claimed."""
    claimed = claim(run.pk)
    assert claimed is not None
    run.refresh_from_db()
    return claimed


@pytest.fixture
def finished(run: AnalysisRun, lease: Lease) -> AnalysisRun:
    """A finished individual run: six people, three minutes."""
    return finished_run(run, lease)
