"""What the JSON API says about results. Null means: not seen well enough, too few people, or not allowed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ScoreRowSerializer(serializers.Serializer[Any]):
    """The values of the class, or of one person, in one segment. `mix` has the order of `labels`.

    `valence` and `basic` have the order of their entry in `extras`; null where the policy did not choose them. `signs`
    are shares of sampled frames in which a face was seen but not read, shares of time in which the head pointed aside
    (left and right of the picture), fatigue and its events, by name; null: not measured.
    """

    index = serializers.IntegerField()
    start_s = serializers.FloatField()
    end_s = serializers.FloatField()
    concentration = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    coverage = serializers.FloatField()
    n_observations = serializers.IntegerField()
    n_people = serializers.IntegerField()
    mix = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    eyes_closed_share = serializers.FloatField(allow_null=True)
    head_turned_share = serializers.FloatField(allow_null=True)
    valence = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    basic = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    signs = serializers.DictField(child=serializers.FloatField(allow_null=True))


class SpanMixSerializer(serializers.Serializer[Any]):
    """The class's mix in the whole lecture or a third of it."""

    key = serializers.CharField()
    mix = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    n_people = serializers.IntegerField()
    valence = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    basic = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class SummarySerializer(serializers.Serializer[Any]):
    """The lecture in one line."""

    concentration = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n_people_seen = serializers.IntegerField()
    n_roster = serializers.IntegerField()
    coverage = serializers.FloatField()
    insufficient_s = serializers.FloatField()
    mix = SpanMixSerializer(many=True)


class ExtraSerializer(serializers.Serializer[Any]):
    """An estimate beside the learning emotions that the policy chose: its name, network, and order of labels."""

    key = serializers.CharField()
    model_version = serializers.CharField()
    labels = serializers.ListField(child=serializers.CharField())


class ScoresSerializer(serializers.Serializer[Any]):
    """The class's results in a lecture, with the run and the formula that they come from."""

    lecture_id = serializers.IntegerField()
    run_id = serializers.IntegerField()
    mode = serializers.CharField()
    formula_version = serializers.CharField(allow_blank=True)
    model_version = serializers.CharField(allow_blank=True)
    labels = serializers.ListField(child=serializers.CharField())
    extras = ExtraSerializer(many=True)
    summary = SummarySerializer()
    segments = ScoreRowSerializer(many=True)


class PersonSerializer(serializers.Serializer[Any]):
    """One person in the recording. The order says nothing about them: there are no ranks."""

    key = serializers.CharField()
    name = serializers.CharField()
    student_id = serializers.IntegerField(allow_null=True)
    track_ids = serializers.ListField(child=serializers.IntegerField())
    first_s = serializers.FloatField()
    last_s = serializers.FloatField()
    best_s = serializers.FloatField()
    best_bbox_xyxy = serializers.ListField(child=serializers.FloatField())
    coverage = serializers.FloatField()
    concentration = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    rows = ScoreRowSerializer(many=True)
