"""What `manage.py check` says about programs that a setting needs."""

from __future__ import annotations

import shutil
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register()
def tesseract_is_installed(app_configs: Any = None, **options: Any) -> list[CheckMessage]:
    """Warn where names on tiles are to be read and the program that reads them is missing."""
    if not settings.ANALYSIS_READ_NAMES or shutil.which("tesseract"):
        return []
    hint = "On Debian: apt-get install tesseract-ocr. Or leave LECTERN_READ_NAMES off."
    return [Warning("LECTERN_READ_NAMES is on, but Tesseract is not installed.", hint=hint, id="inference.W001")]
