"""Is the received file a recording that can be analysed? The probe runs in a process of its own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.services.recordings import MediaFacts
from courses.services.upload_errors import UploadError
from inference.vision.media import MediaError, MediaInfo, is_browser_playable, probe_in_sandbox

LEAST_S = 1.0


def check_media(path: Path) -> MediaFacts:
    """Return the facts of a usable recording; raise UploadError with the reason and the remedy otherwise."""
    try:
        info = probe_in_sandbox(path)
    except MediaError as error:
        raise UploadError(error.code, gettext(error.message), gettext(error.remedy)) from error
    _check_length(info.duration_s)
    return _facts(info)


def _check_length(duration_s: float) -> None:
    if duration_s < LEAST_S:
        raise UploadError(
            "too-short", _("The recording is shorter than one second."), _("Choose the recording of the whole lecture.")
        )
    if duration_s > settings.RECORDING_MAX_S:
        raise UploadError(
            "too-long",
            _("The recording is longer than %(hours).1f hours.") % {"hours": settings.RECORDING_MAX_S / 3600},
            _("Cut it into parts and upload each part."),
        )


def _facts(info: MediaInfo) -> MediaFacts:
    return MediaFacts(
        duration_s=info.duration_s,
        width_px=info.width,
        height_px=info.height,
        codec=info.codec,
        fps=info.fps,
        is_browser_playable=is_browser_playable(info),
        media_info=asdict(info),
    )
