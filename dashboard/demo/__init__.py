"""The demo: an institution, its people, and a recording that goes through the product's own upload."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from dashboard.demo.logins import Login


def run_demo(*, base_url: str, lecture: Path | None, console: Console) -> list[Login]:
    """Make what is missing, upload and follow what is not analysed yet; return who can log in.

    `base_url` is where the running site answers; `lecture` is one more recording to upload and to follow.

    Raises:
        DemoError: with what went wrong and what to do.
    """
    # Imported here, so that `python -m dashboard.demo.compose` needs neither Django nor a database.
    from dashboard.demo.steps import DemoRun

    return DemoRun(base_url=base_url, console=console).run(lecture)
