"""The people of a run as cards: whose tracks they are, whom they may be, and what can be done with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from courses.models import Student
from inference.models import AnalysisRun, FaceTrack, TrackSuggestion
from inference.report import LEAST_OBSERVATIONS
from inference.tracks import subject_of

Role, Band = FaceTrack.Role, TrackSuggestion.Band


@dataclass(frozen=True, slots=True)
class PersonCard:
    """One person of the review page: all tracks with one name, or merged into one; the first one stands for them."""

    tracks: tuple[FaceTrack, ...]
    suggestions: tuple[TrackSuggestion, ...]

    @property
    def first(self) -> FaceTrack:
        """Return the track that forms name."""
        return self.tracks[0]

    @property
    def best(self) -> FaceTrack:
        """Return the track whose best moment shows the face best."""
        return max(self.tracks, key=lambda track: track.best_quality)

    @property
    def n_observations(self) -> int:
        """Return in how many sampled frames the person was seen."""
        return sum(track.n_observations for track in self.tracks)

    @property
    def likely(self) -> Student | None:
        """Return whom the form may be filled in with: never anybody who is unsure, or two different people."""
        found = {item.student for item in self.suggestions if item.band == Band.LIKELY}
        return found.pop() if len(found) == 1 and not self.first.student_id else None

    @property
    def is_student(self) -> bool:
        """Say whether what is seen of the person counts."""
        return self.first.role == Role.STUDENT

    @property
    def place(self) -> tuple[int, str, int]:
        """Return where the card stands: what waits for a decision first, then names, then what does not count."""
        if not self.is_student:
            return 4, "", self.first.number
        if self.first.student:
            return 3, self.first.student.name.casefold(), self.first.number
        return (0 if self.likely else 1 if self.suggestions else 2), "", self.first.number


def person_cards(run: AnalysisRun, *, roster: Iterable[Student]) -> list[PersonCard]:
    """Return the run's people in two queries, in the order in which they are shown."""
    enrolled = {student.pk for student in roster}
    suggested: dict[int, list[TrackSuggestion]] = defaultdict(list)
    rows = TrackSuggestion.objects.filter(track__run=run, student__in=enrolled).select_related("student")
    for item in rows.order_by("band", "-score"):
        suggested[item.track_id].append(item)
    groups: dict[tuple[int | None, int | None], list[FaceTrack]] = defaultdict(list)
    for track in FaceTrack.objects.filter(run=run).select_related("student").order_by("number"):
        groups[subject_of(track)].append(track)
    cards = [_card(tracks, suggested) for tracks in groups.values()]
    return sorted(cards, key=lambda card: card.place)


def is_brief(card: PersonCard) -> bool:
    """Say whether the face was seen so shortly that no report shows it."""
    return card.n_observations < LEAST_OBSERVATIONS and not card.first.student_id


def _card(tracks: list[FaceTrack], suggested: dict[int, list[TrackSuggestion]]) -> PersonCard:
    return PersonCard(tuple(tracks), tuple(item for track in tracks for item in suggested[track.pk]))
