"""Start the whole of Lectern on this machine: services, site and demo; Ctrl-C stops all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console

from dashboard.embedded import EmbeddedError
from dashboard.embedded.signals import stop_signals
from dashboard.startup import Startup


class Command(BaseCommand):
    """Run everything until told to stop."""

    help = "Start Postgres, Valkey, web, workers and beat, prepare the demo, and wait. Ctrl-C stops all of it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a recording to analyse."""
        parser.add_argument("lecture", nargs="?", type=Path, help="a recording to upload and analyse as well")
        parser.add_argument("--no-demo", action="store_true", help="start without the demo institution")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, wait, stop; exit code 0 when told to stop."""
        lecture = options["lecture"]
        if lecture is not None and not lecture.is_file():
            raise CommandError(_("There is no file {path}.").format(path=lecture))
        startup = Startup(console=Console(), lecture=lecture, has_demo=not options["no_demo"])
        try:
            with stop_signals():
                startup.run()
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
