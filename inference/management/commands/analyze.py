"""`manage.py analyze FILE`: the main job without a browser, for whoever operates this machine."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from courses.models import ExtraEstimates
from courses.models.policy import ESTIMATES
from inference.local import LocalResult, analyse_file
from inference.local_json import as_json
from inference.local_table import as_table
from inference.vision.media import MediaError, probe
from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.weights import WeightsError

CANNOT_BE_USED = 2


class Command(BaseCommand):
    """Analyses one recording in memory: no database, no broker, nothing kept."""

    help = "Analyse a recording: a table of everyone seen and of the class. Nothing is stored."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what can be chosen."""
        parser.add_argument("file", type=Path, help="a recording: MP4, MOV, MKV, WebM, AVI or MPEG")
        parser.add_argument("--json", action="store_true", help="print JSON, with the values of each segment")
        parser.add_argument("--fps", type=float, default=settings.ANALYSIS_SAMPLE_FPS, help="sampled frames a second")
        parser.add_argument(
            "--extra", choices=ExtraEstimates.values, default="none", help="estimates beside the six learning emotions"
        )
        parser.add_argument("--segment", type=float, default=30.0, help="length of a segment in seconds")
        parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default=settings.ANALYSIS_DEVICE)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Analyse the file and print the result."""
        if not options["file"].is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": options["file"]}, returncode=CANNOT_BE_USED)
        try:
            result = self._analyse(options)
        except (MediaError, WeightsError, ValueError) as error:
            raise CommandError(str(error), returncode=CANNOT_BE_USED) from error
        if options["json"]:
            self.stdout.write(json.dumps(as_json(result)))
        else:
            Console(file=sys.stdout).print(as_table(result))

    def _analyse(self, options: dict[str, Any]) -> LocalResult:
        probe(options["file"])
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            bar = progress.add_task(_("Opening the networks"), total=None)
            wanted = PipelineOptions(
                sample_fps=options["fps"],
                extras=ESTIMATES[options["extra"]],
                basic_family=settings.ANALYSIS_BASIC_NETWORK,
            )
            pipeline = Pipeline(options=wanted, device=options["device"])
            progress.update(bar, description=_("Reading faces"))
            result = analyse_file(
                options["file"],
                pipeline=pipeline,
                segment_s=options["segment"],
                hook=lambda _stage, done_s, total_s: progress.update(bar, completed=done_s, total=total_s),
            )
            progress.update(bar, completed=1, total=1)
        return result
