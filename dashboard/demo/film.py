"""The demo recording, built once from real clips."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _

from dashboard.demo.errors import DemoError
from dashboard.settings.home import BASE_DIR

NAME = "Statistics week 1.mp4"
DURATION_S = 200.0


def clips_folder() -> Path:
    """Return where set-up put the clips."""
    return Path(os.environ.get("LECTERN_ASSETS") or BASE_DIR / ".vendor") / "clips"


def film_path(home: Path) -> Path:
    """Return where the demo recording is kept."""
    return home / "demo" / NAME


def build_film(path: Path, *, duration_s: float, tell: Callable[[float, float], None]) -> None:
    """Build the recording; `tell(done_s, total_s)` follows it.

    Raises:
        DemoError: clips are missing, or the child failed; its last words are in the message.
    """
    if not clips_folder().is_dir():
        raise DemoError(_("The demo's clips are missing."), _("Fetch them with: make setup"))
    path.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "dashboard.demo.compose", str(clips_folder()), str(path), str(duration_s)]
    with tempfile.TemporaryFile("w+") as complaints:
        if _run(command, complaints.fileno(), tell):
            complaints.seek(0)
            last_words = complaints.read().strip().rpartition("\n")[2]
            raise DemoError(_("The demo recording could not be built: %s") % last_words)


def _run(command: list[str], complaints: int, tell: Callable[[float, float], None]) -> int:
    """Run the child and return its exit code; it never outlives this call."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True, cwd=BASE_DIR) as child:
        try:
            for line in child.stdout or ():
                done_s, total_s = map(float, line.split())
                tell(done_s, total_s)
        except BaseException:
            child.kill()
            raise
    return child.returncode
