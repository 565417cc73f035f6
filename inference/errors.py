"""What a request about a run can be refused for; each says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise


class RunRefused(Exception):
    """A request that cannot be done now. `code` is for machines, `message` and `remedy` are for people."""

    code = "refused"
    message: StrPromise | str = ""
    remedy: StrPromise | str = ""

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}"


class RunIsActive(RunRefused):
    """The recording is being analysed already (409)."""

    code = "run_active"
    message = _("This recording is being analysed already.")
    remedy = _("Wait until it is done, or cancel it first.")


class RunIsNotFinished(RunRefused):
    """Only a run that has ended can be retried or scored again (409)."""

    code = "run_not_finished"
    message = _("This analysis has not ended in the way that this needs.")
    remedy = _("Wait until it has ended, then try again.")


class RunHasNoIndex(RunRefused):
    """In mode observable no index is computed, by whatever profile (409)."""

    code = "no_index"
    message = _("This analysis has no concentration index: it was made in mode observable.")
    remedy = _("Where your policy allows expressions now, analyse the recording again.")


class RunKeepsNothing(RunRefused):
    """Only an individual run stores what it could be scored from again (409)."""

    code = "nothing_kept"
    message = _("This analysis kept nothing of a person, so that it cannot be scored again.")
    remedy = _("Only an analysis in mode individual can be scored with another profile.")


class NoSuchProfile(RunRefused):
    """The profile of the index is not one of those that exist (400)."""

    code = "no_such_profile"
    message = _("There is no profile of the index with this name.")
    remedy = _("Profiles are told in docs/models/concentration.md.")


class NotOnRoster(RunRefused):
    """The student is not taught in this course (400)."""

    code = "not_on_roster"
    message = _("This student is not on the course's roster.")
    remedy = _("Add the student to the roster first.")


class SeenTogether(RunRefused):
    """Two faces in one frame are two people, so their tracks cannot be merged (409)."""

    code = "seen_together"
    message = _("These two are visible at the same time, so they are not one face.")
    remedy = _("If a student was there twice, with two devices, give both the student's name instead.")


class NamedDifferently(RunRefused):
    """Tracks with two names cannot be merged (409)."""

    code = "named_differently"
    message = _("These two have different names.")
    remedy = _("Take one name back first.")


class OtherRole(RunRefused):
    """An instructor is no student, and a photo is nobody (409)."""

    code = "other_role"
    message = _("This is not marked as a student.")
    remedy = _("Mark it as a student first.")


class NothingToSplit(RunRefused):
    """At this time there is nothing on one side (409)."""

    code = "nothing_to_split"
    message = _("There is no face of this person before, or none after this time.")
    remedy = _("Choose a time between the first and the last moment at which the face is seen.")


class NothingToUndo(RunRefused):
    """Nobody has changed anything (409)."""

    code = "nothing_to_undo"
    message = _("There is nothing to undo.")
    remedy = _("Names, merges, splits and marks can be undone, the newest first.")
