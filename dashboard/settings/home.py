"""Where Lectern keeps its data: LECTERN_HOME, `.lectern` in the checkout by default."""

from __future__ import annotations

from pathlib import Path

from dashboard.settings import env

BASE_DIR = Path(__file__).resolve().parents[2]
LECTERN_HOME = Path(env.text("LECTERN_HOME", str(BASE_DIR / ".lectern"))).resolve()
