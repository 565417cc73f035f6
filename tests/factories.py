"""Rows for tests, made through the real models."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.utils import timezone

from courses.models import (
    Course,
    DeploymentPolicy,
    Enrollment,
    ExtraEstimates,
    Institution,
    Lecture,
    Mode,
    Recording,
    Student,
    Upload,
    User,
)
from courses.services.policy import policy_record
from inference.models import AnalysisRun


class InstitutionFactory(factory.django.DjangoModelFactory[Institution]):
    class Meta:
        model = Institution

    name = factory.Sequence(lambda n: f"Institution {n}")


def policy(
    institution: Institution, mode: Mode = Mode.INDIVIDUAL, *, extra_estimates: ExtraEstimates = ExtraEstimates.NONE
) -> DeploymentPolicy:
    now = timezone.now()
    return policy_record(
        institution,
        mode=mode,
        extra_estimates=extra_estimates,
        region="demo",
        institution_type="university",
        signatory="Dean",
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=365),
    )


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    institution = factory.SubFactory(InstitutionFactory)
    email = factory.Sequence(lambda n: f"user{n}@example.org")
    name = factory.Sequence(lambda n: f"User {n}")

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        return User.objects.create_user(fields.pop("email"), fields.pop("password", "correct horse"), **fields)


class CourseFactory(factory.django.DjangoModelFactory[Course]):
    class Meta:
        model = Course

    institution = factory.SubFactory(InstitutionFactory)
    name = factory.Sequence(lambda n: f"Course {n}")
    slug = factory.Sequence(lambda n: f"course-{n}")


class LectureFactory(factory.django.DjangoModelFactory[Lecture]):
    class Meta:
        model = Lecture

    course = factory.SubFactory(CourseFactory)
    institution = factory.SelfAttribute("course.institution")
    title = factory.Sequence(lambda n: f"Lecture {n}")
    held_at = factory.LazyFunction(timezone.now)


class StudentFactory(factory.django.DjangoModelFactory[Student]):
    class Meta:
        model = Student

    institution = factory.SubFactory(InstitutionFactory)
    code = factory.Sequence(lambda n: f"S-{n:04}")
    name = factory.Sequence(lambda n: f"Student {n}")


def enroll(course: Course, *, name: str = "", count: int = 1) -> list[Student]:
    extra = {"name": name} if name else {}
    students: list[Student] = StudentFactory.create_batch(count, institution=course.institution, **extra)
    for student in students:
        Enrollment.objects.create(institution=course.institution, course=course, student=student)
    return students


class RecordingFactory(factory.django.DjangoModelFactory[Recording]):
    class Meta:
        model = Recording

    lecture = factory.SubFactory(LectureFactory)
    institution = factory.SelfAttribute("lecture.institution")
    file = factory.LazyFunction(lambda: ContentFile(b"not a film", name="clip.mp4"))
    original_name = "clip.mp4"
    size_bytes = 10
    sha256 = "0" * 64
    duration_s = 180.0
    width_px = 1280
    height_px = 720
    codec = "h264"
    fps = 25.0
    is_browser_playable = True


def recording_of(path: Any, lecture: Lecture, **fields: Any) -> Recording:
    """Store a real file as the lecture's recording."""
    content = path.read_bytes()
    return RecordingFactory(
        lecture=lecture, file=ContentFile(content, name=path.name), size_bytes=len(content), **fields
    )


class AnalysisRunFactory(factory.django.DjangoModelFactory[AnalysisRun]):
    class Meta:
        model = AnalysisRun

    recording = factory.SubFactory(RecordingFactory)
    institution = factory.SelfAttribute("recording.institution")
    policy = factory.LazyAttribute(lambda run: policy(run.institution))
    mode = Mode.INDIVIDUAL
    sample_fps = 1.0
    segment_s = 30


class UploadFactory(factory.django.DjangoModelFactory[Upload]):
    class Meta:
        model = Upload

    owner = factory.SubFactory(UserFactory)
    institution = factory.SelfAttribute("owner.institution")
    course = factory.SubFactory(CourseFactory, institution=factory.SelfAttribute("..owner.institution"))
    filename = "clip.mp4"
    length_bytes = 1000
    expires_at = factory.LazyFunction(Upload.next_expiry)
