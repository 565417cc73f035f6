"""What the JSON API says about courses, lectures and runs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ErrorSerializer(serializers.Serializer[Any]):
    """A refusal: a code for programs, a sentence and a remedy for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)


class CourseSerializer(serializers.Serializer[Any]):
    """A course of the user."""

    slug = serializers.CharField()
    name = serializers.CharField()
    term = serializers.CharField(allow_blank=True)
    time_zone = serializers.CharField()
    segment_s = serializers.IntegerField()
    sample_fps = serializers.FloatField()
    is_archived = serializers.BooleanField()
    lecture_count = serializers.IntegerField()
    student_count = serializers.IntegerField()


class RecordingSerializer(serializers.Serializer[Any]):
    """The film of a lecture."""

    id = serializers.IntegerField()
    original_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    duration_s = serializers.FloatField()
    width_px = serializers.IntegerField()
    height_px = serializers.IntegerField()
    codec = serializers.CharField()
    fps = serializers.FloatField()


class RunStateSerializer(serializers.Serializer[Any]):
    """How the newest run stands, in short."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    progress = serializers.FloatField()


class LectureSerializer(serializers.Serializer[Any]):
    """A lecture with its recording and its newest run."""

    id = serializers.IntegerField()
    course = serializers.CharField(source="course.slug")
    title = serializers.CharField()
    held_at = serializers.DateTimeField()
    recording = RecordingSerializer(allow_null=True)
    run = RunStateSerializer(allow_null=True, source="newest_run")
    report_url = serializers.CharField(source="get_absolute_url")


class StageSerializer(serializers.Serializer[Any]):
    """One step of a run."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=("done", "active", "waiting"))


class RunSerializer(serializers.Serializer[Any]):
    """How a run stands; the WebSocket sends the same."""

    type = serializers.CharField()
    id = serializers.IntegerField()
    state = serializers.CharField()
    stage = serializers.CharField(allow_blank=True)
    progress = serializers.FloatField()
    eta_s = serializers.FloatField(allow_null=True)
    queue_position = serializers.IntegerField(allow_null=True)
    stages = StageSerializer(many=True)
    error = ErrorSerializer(allow_null=True)
    report_url = serializers.CharField()


class TrackStudentSerializer(serializers.Serializer[Any]):
    """Who a face track shows; null takes the name back."""

    student_id = serializers.IntegerField(allow_null=True, min_value=1, max_value=2**63 - 1)
