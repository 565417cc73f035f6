"""The files that the set-up reads and the folders that it makes."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
NODE_MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
LOCALE = ROOT / "dashboard" / "locale"


def assets() -> Path:
    """Return the folder of third-party weights and clips: LECTERN_ASSETS, or `.vendor` in the checkout."""
    return Path(os.environ.get("LECTERN_ASSETS") or ROOT / ".vendor")
