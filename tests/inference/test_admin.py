from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Lecture, User
from inference.models import AnalysisRun, FaceTrack, ModelVersion, ObservationBlock, SegmentScore
from inference.services import track_assign
from tests import factories
from tests.courses.test_admin import address, administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def dean(finished: AnalysisRun) -> Client:
    """Administers the institution of the finished run."""
    return administrator(finished.institution)


@pytest.fixture
def named(finished: AnalysisRun, course: Course, alice: User) -> FaceTrack:
    """A track that a teacher has named."""
    (dana,) = factories.enroll(course, name="Dana")
    track = FaceTrack.objects.get(run=finished, number=1)
    track_assign(track, student=dana, user=alice)
    return track


def page(client: Client, model: Any, view: str, *path: object) -> str:
    response = client.get(address(model, view, *path), follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_administrators_see_that_tracks_exist_but_not_whose_they_are(dean: Client, named: FaceTrack) -> None:
    assert "Dana" not in page(dean, FaceTrack, "changelist")
    assert "Dana" not in page(dean, FaceTrack, "change", named.pk)
    assert "Dana" not in page(dean, FaceTrack, "history", named.pk)


def test_tracks_cannot_be_searched_by_student(dean: Client, named: FaceTrack) -> None:
    query = {"student__id__exact": str(named.student_id)}
    # Django answers a filter that is not allowed with 400.
    assert dean.get(address(FaceTrack, "changelist"), query).status_code == 400


def test_rows_of_persons_do_not_exist_for_administrators(dean: Client, named: FaceTrack) -> None:
    row = SegmentScore.objects.filter(student=named.student).first()
    assert row is not None
    assert dean.get(address(SegmentScore, "change", row.pk)).status_code == 302
    assert "Dana" not in page(dean, SegmentScore, "changelist")


def test_values_of_the_class_are_not_shown_either(dean: Client, finished: AnalysisRun) -> None:
    row = SegmentScore.objects.filter(track=None, student=None).first()
    assert row is not None
    assert f"{row.concentration:.3f}"[:4] not in page(dean, SegmentScore, "change", row.pk)


def test_observations_of_a_person_cannot_be_opened(dean: Client, named: FaceTrack) -> None:
    block = ObservationBlock.objects.filter(track=named).first()
    assert block is not None
    assert dean.get(address(ObservationBlock, "change", block.pk)).status_code == 403


@pytest.mark.parametrize(
    "model", [AnalysisRun, FaceTrack, SegmentScore, ModelVersion], ids=lambda model: model.__name__
)
def test_results_cannot_be_made_or_edited_by_hand(model: Any, dean: Client, finished: AnalysisRun) -> None:
    row = model.objects.first()
    assert dean.get(address(model, "add")).status_code == 403
    assert dean.post(address(model, "change", row.pk), {}).status_code in {302, 403}
    assert model.objects.filter(pk=row.pk).exists()


def test_deleting_a_lecture_counts_what_goes_with_it_and_names_nobody(dean: Client, named: FaceTrack) -> None:
    lecture = Lecture.objects.get()
    assert "Dana" not in page(dean, Lecture, "delete", lecture.pk)
    dean.post(address(Lecture, "delete", lecture.pk), {"post": "yes"})
    assert not SegmentScore.objects.exists()
    assert not FaceTrack.objects.exists()


def test_administrators_of_another_institution_see_nothing(finished: AnalysisRun) -> None:
    stranger = administrator(factories.InstitutionFactory())
    assert stranger.get(address(AnalysisRun, "change", finished.pk)).status_code == 302
    assert "clip.mp4" not in page(stranger, AnalysisRun, "changelist")


def test_an_institution_can_be_deleted_with_all_that_it_holds(finished: AnalysisRun) -> None:
    finished.institution.delete()
    assert not AnalysisRun.objects.exists()
