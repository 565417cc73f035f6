"""`manage.py rescore RUN_ID --profile NAME`: score a stored lecture anew, in seconds and without its video."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.policy import PolicyDenied
from inference.models import AnalysisRun
from inference.services import RunRefused, run_rescore
from inference.vision.fatigue.profile import FATIGUE_PROFILES
from inference.vision.profiles import PROFILES


class Command(BaseCommand):
    """Computes a run's scores from its stored observations, by another profile of the index where one is named."""

    help = "Score a finished analysis again from what is stored; its pages show the new values at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the run and the profile."""
        parser.add_argument("run_id", type=int, help="number of the analysis")
        parser.add_argument(
            "--profile", choices=tuple(PROFILES), default="", help="another profile of the index; kept from then on"
        )

        parser.add_argument(
            "--fatigue", choices=tuple(FATIGUE_PROFILES), default="", help="another profile of fatigue; kept too"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Score the run and say by which formula."""
        facts = "recording__lecture__course__institution"
        run = AnalysisRun.objects.select_related(facts).filter(pk=options["run_id"]).first()
        if run is None:
            raise CommandError(_("There is no analysis %(number)d.") % {"number": options["run_id"]})
        begun = time.perf_counter()
        try:
            run_rescore(run, profile=options["profile"], fatigue=options["fatigue"])
        except RunRefused as error:
            raise CommandError(str(error)) from error
        except PolicyDenied as error:
            raise CommandError(f"{error.reason} {error.remedy}") from error
        passed_s = time.perf_counter() - begun
        self.stdout.write(
            f"{run}: {run.scores.count()} scores by {run.formula_version}, {run.fatigue_version} in {passed_s:.1f} s"
        )
