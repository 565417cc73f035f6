"""Settings of a real worker in a test: the test's database and folders, short parts, a short lease."""

from __future__ import annotations

import os
from pathlib import Path

from dashboard.settings.test import *  # noqa: F403

MEDIA_ROOT = Path(os.environ["LECTERN_TEST_MEDIA"])
ANALYSIS_PART_S = 3.0
