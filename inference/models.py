"""What an analysis leaves behind: runs, parts, tracks, observation blocks and scores."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import DeploymentPolicy, InstitutionModel, Mode, Recording, Segment, Student
from inference.track_models import TrackEdit, TrackEmbedding, TrackSuggestion

__all__ = [
    "AnalysisPart",
    "AnalysisRun",
    "AnalysisStretch",
    "FaceTrack",
    "ModelVersion",
    "ObservationBlock",
    "SegmentScore",
    "TrackEdit",
    "TrackEmbedding",
    "TrackSuggestion",
]


class ModelVersion(models.Model):
    """A weight card as it was when a run used it. Weights belong to the installation, not to an institution."""

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    family = models.CharField(_("family"), max_length=32)
    version = models.CharField(_("version"), max_length=32)
    sha256 = models.CharField(_("SHA-256 of the weights"), max_length=64, unique=True)
    labels = ArrayField(models.CharField(max_length=32), verbose_name=_("labels"))
    card = models.JSONField(_("card"))

    class Meta:
        verbose_name = _("weight card")
        verbose_name_plural = _("weight cards")

    def __str__(self) -> str:
        return f"{self.family} {self.version}"


class AnalysisRun(InstitutionModel):
    """One execution of the pipeline on one recording.

    PENDING -> STARTED -> SUCCESS | FAILURE | REVOKED; STARTED -> STARTED when another worker takes over a run whose
    lease ran out; PENDING -> REVOKED; FAILURE | REVOKED -> PENDING on retry. The worker that holds the lease is the
    only one that may write. `parts_done` is the number of stored parts: a run goes on from there.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("waiting")
        STARTED = "started", _("running")
        SUCCESS = "success", _("done")
        FAILURE = "failure", _("failed")
        REVOKED = "revoked", _("cancelled")

    ACTIVE = (State.PENDING, State.STARTED)

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="runs")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    policy = models.ForeignKey(DeploymentPolicy, on_delete=models.RESTRICT, related_name="+")
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PENDING)
    sample_fps = models.FloatField(_("sampled frames per second"))
    # The faster sampling of the eyes alone; 0 where there was none.
    eyes_fps = models.FloatField(_("eye samples per second"), default=0.0)
    segment_s = models.PositiveSmallIntegerField(_("segment length in seconds"))
    # What the policy chose when the run was asked for; narrowed, never widened, when a worker starts.
    extra_estimates = ArrayField(
        models.CharField(max_length=16), default=list, blank=True, verbose_name=_("extra estimates")
    )
    model_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valence_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    basic_version = models.ForeignKey(ModelVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    formula_version = models.CharField(_("formula"), max_length=32, blank=True, default="")
    fatigue_version = models.CharField(_("formula of fatigue"), max_length=32, blank=True, default="")
    device = models.CharField(_("device"), max_length=64, blank=True, default="")
    stage = models.CharField(_("stage"), max_length=32, blank=True, default="")
    progress = models.FloatField(_("share done"), default=0.0)
    eta_s = models.FloatField(_("seconds left"), null=True, blank=True)
    parts_done = models.PositiveIntegerField(_("parts stored"), default=0)
    # Attempts since the last stored part: a run that only ever kills its worker is given up.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_owner = models.CharField(_("held by"), max_length=128, blank=True, default="")
    lease_expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    is_cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    error_code = models.CharField(_("error"), max_length=32, blank=True, default="")
    error_message = models.TextField(_("what went wrong"), blank=True, default="")
    error_remedy = models.TextField(_("what to do"), blank=True, default="")
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("analysis run")
        verbose_name_plural = _("analysis runs")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["recording"], condition=models.Q(state__in=["pending", "started"]), name="one_active_run"
            )
        ]
        indexes = [models.Index(fields=["state", "lease_expires_at"], name="run_by_lease")]

    def __str__(self) -> str:
        return f"{self.recording} #{self.pk}"

    @property
    def is_active(self) -> bool:
        """Say whether the run waits or works."""
        return self.state in self.ACTIVE

    @property
    def extra_versions(self) -> dict[str, ModelVersion]:
        """Return the weight cards of the estimates that ran beside the learning emotions, by name."""
        found = {"valence": self.valence_version, "basic": self.basic_version}
        return {name: version for name, version in found.items() if version is not None}


class AnalysisPart(InstitutionModel):
    """A stored stretch of a run, and the tracker's state at its end: the point from which a run is resumed."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="parts")
    index = models.PositiveIntegerField(_("index"))
    start_s = models.FloatField(_("start in seconds"))
    end_s = models.FloatField(_("end in seconds"))
    # Little-endian float32 timestamps of the sampled frames: what coverage is measured against.
    frame_times = models.BinaryField(_("sampled times"))
    tracker_state = models.JSONField(_("tracker's state"))

    class Meta:
        verbose_name = _("stored part")
        verbose_name_plural = _("stored parts")
        ordering = ("run", "index")
        constraints = [models.UniqueConstraint(fields=["run", "index"], name="part_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.start_s:g}–{self.end_s:g} s"


class AnalysisStretch(InstitutionModel):
    """Some parts of a long run, read by one worker while others read the rest; gone when the seams are closed.

    It is held by a lease like the run's. Its tracks are numbered from a place of their own on until they are joined
    with those of the stretch before; `first_sights` says how they began.
    """

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="stretches")
    index = models.PositiveSmallIntegerField(_("index"))
    first_part = models.PositiveIntegerField(_("first part"))
    end_part = models.PositiveIntegerField(_("part after the last; none at the recording's end"), null=True)
    parts_done = models.PositiveIntegerField(_("parts stored"), default=0)
    read_s = models.FloatField(_("seconds read"), default=0.0)
    is_done = models.BooleanField(_("done"), default=False)
    is_left_to_holder = models.BooleanField(_("left to who holds the run"), default=False)
    first_sights = models.JSONField(_("how its tracks began"), default=list)
    lease_owner = models.CharField(_("held by"), max_length=128, blank=True, default="")
    lease_expires_at = models.DateTimeField(_("held until"), null=True, blank=True)

    class Meta:
        verbose_name = _("stretch of a run")
        verbose_name_plural = _("stretches of runs")
        ordering = ("run", "index")
        constraints = [models.UniqueConstraint(fields=["run", "index"], name="stretch_once")]

    def __str__(self) -> str:
        return f"{self.run} [{self.index}]"

    @property
    def next_part(self) -> int:
        """The part with which the stretch goes on."""
        return self.first_part + self.parts_done


class FaceTrack(InstitutionModel):
    """One face followed through a recording; "Person n" until the teacher names it.

    Tracks with one name are one person, and so are those that were merged into one. Only students count: what is
    seen of an instructor, or of a photo on the wall, is in no score.
    """

    class Role(models.TextChoices):
        STUDENT = "student", _("student")
        INSTRUCTOR = "instructor", _("instructor")
        NOBODY = "nobody", _("not a person")

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="tracks")
    number = models.PositiveIntegerField(_("track"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.STUDENT)
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged")
    student = models.ForeignKey(Student, on_delete=models.SET_NULL, null=True, blank=True, related_name="tracks")
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    named_at = models.DateTimeField(_("named"), null=True, blank=True)
    first_s = models.FloatField(_("first seen"))
    last_s = models.FloatField(_("last seen"))
    n_observations = models.PositiveIntegerField(_("observations"), default=0)
    # Where the face is seen best: the page plays this moment when the teacher asks who it is.
    best_s = models.FloatField(_("best seen"))
    best_quality = models.FloatField(_("best quality"), default=0.0)
    best_bbox_xyxy = ArrayField(models.FloatField(), size=4, verbose_name=_("best box"))

    class Meta:
        verbose_name = _("face track")
        verbose_name_plural = _("face tracks")
        ordering = ("run", "number")
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="track_number_once")]

    def __str__(self) -> str:
        return str(self.student or _("Person %(number)d") % {"number": self.number})


class ObservationBlock(InstitutionModel):
    """The observations of one track in one part, packed (`inference.blocks` has the layout)."""

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="blocks")
    track = models.ForeignKey(FaceTrack, on_delete=models.CASCADE, related_name="blocks")
    part_index = models.PositiveIntegerField(_("part"))
    schema_version = models.PositiveSmallIntegerField(_("layout"))
    n_observations = models.PositiveIntegerField(_("observations"))
    data = models.BinaryField(_("packed observations"))

    class Meta:
        verbose_name = _("observation block")
        verbose_name_plural = _("observation blocks")
        constraints = [models.UniqueConstraint(fields=["track", "part_index"], name="block_once")]
        indexes = [models.Index(fields=["run", "part_index"], name="block_by_part")]

    def __str__(self) -> str:
        return f"{self.track} {self.part_index}"


class SegmentScore(InstitutionModel):
    """The aggregate of one person, or of the class, in one segment. Pages read nothing else.

    Exactly one of three: `track` (a person without a name), `student` (all tracks with that name), or neither
    (the class). Values are null where coverage is insufficient: never 0 for a face that was not seen.
    """

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="scores")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="scores")
    track = models.ForeignKey(FaceTrack, on_delete=models.CASCADE, null=True, blank=True, related_name="scores")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, null=True, blank=True, related_name="scores")
    concentration = models.FloatField(_("concentration"), null=True)
    concentration_low = models.FloatField(_("lower end of the 95 %% interval"), null=True)
    concentration_high = models.FloatField(_("upper end of the 95 %% interval"), null=True)
    coverage = models.FloatField(_("coverage"))
    n_observations = models.PositiveIntegerField(_("observations"))
    n_people = models.PositiveIntegerField(_("people"))
    focused = models.FloatField(_("focused"), null=True)
    distracted = models.FloatField(_("distracted"), null=True)
    curious = models.FloatField(_("curious"), null=True)
    confused = models.FloatField(_("confused"), null=True)
    tired = models.FloatField(_("tired"), null=True)
    happy = models.FloatField(_("happy"), null=True)
    valence_negative = models.FloatField(_("valence: negative"), null=True)
    valence_neutral = models.FloatField(_("valence: neutral"), null=True)
    valence_positive = models.FloatField(_("valence: positive"), null=True)
    basic_angry = models.FloatField(_("basic: angry"), null=True)
    basic_disgust = models.FloatField(_("basic: disgust"), null=True)
    basic_fear = models.FloatField(_("basic: fear"), null=True)
    basic_happy = models.FloatField(_("basic: happy"), null=True)
    basic_sad = models.FloatField(_("basic: sad"), null=True)
    basic_surprise = models.FloatField(_("basic: surprise"), null=True)
    basic_neutral = models.FloatField(_("basic: neutral"), null=True)
    eyes_closed_share = models.FloatField(_("share of time with eyes closed"), null=True)
    head_turned_share = models.FloatField(_("share of time with the head turned"), null=True)
    # What `inference.vision.signs.SIGNS` names: shares of sampled frames or of measured time, and counts.
    small_share = models.FloatField(_("seen, but too small to read"), null=True)
    blurred_share = models.FloatField(_("seen, but too blurred to read"), null=True)
    turned_share = models.FloatField(_("seen, but turned too far to read"), null=True)
    covered_share = models.FloatField(_("seen, but covered"), null=True)
    photo_share = models.FloatField(_("a picture instead of a camera"), null=True)
    look_left_share = models.FloatField(_("share of time looking to the picture's left"), null=True)
    look_right_share = models.FloatField(_("share of time looking to the picture's right"), null=True)
    look_up_share = models.FloatField(_("share of time looking up"), null=True)
    look_down_share = models.FloatField(_("share of time looking down"), null=True)
    n_turns = models.FloatField(_("head turns"), null=True)
    n_shakes = models.FloatField(_("head shakes"), null=True)
    n_nods = models.FloatField(_("nods"), null=True)
    fatigue = models.FloatField(_("fatigue level"), null=True)
    tired_share = models.FloatField(_("share of time in the class tired"), null=True)
    perclos = models.FloatField(_("PERCLOS"), null=True)
    blinks_per_min = models.FloatField(_("blinks a minute"), null=True)
    n_long_closures = models.FloatField(_("long closures of the eyes"), null=True)
    n_yawns = models.FloatField(_("yawns"), null=True)

    class Meta:
        verbose_name = _("segment score")
        verbose_name_plural = _("segment scores")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "segment", "track"], condition=models.Q(track__isnull=False), name="track_score_once"
            ),
            models.UniqueConstraint(
                fields=["run", "segment", "student"],
                condition=models.Q(student__isnull=False),
                name="student_score_once",
            ),
            models.UniqueConstraint(
                fields=["run", "segment"],
                condition=models.Q(track__isnull=True, student__isnull=True),
                name="class_score_once",
            ),
            models.CheckConstraint(
                condition=models.Q(track__isnull=True) | models.Q(student__isnull=True), name="score_has_one_subject"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.track or self.student or _('class')} {self.segment}"
