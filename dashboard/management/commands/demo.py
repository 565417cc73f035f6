"""Prepare the demo against a running site."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console

from dashboard.demo import run_demo
from dashboard.demo.errors import DemoError
from dashboard.demo.logins import table_of


class Command(BaseCommand):
    """Make the demo's people and recording where they are missing, then tell who can log in."""

    help = "Make the demo institution, upload and analyse its recording through the running site."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the site's address and one more recording."""
        parser.add_argument("base_url", help=_("where the site runs, such as http://127.0.0.1:8000"))
        parser.add_argument("lecture", nargs="?", type=Path, help=_("a recording to upload and analyse as well"))

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the demo's steps."""
        console = Console()
        try:
            logins = run_demo(base_url=options["base_url"], lecture=options["lecture"], console=console)
        except DemoError as error:
            raise CommandError(str(error)) from error
        console.print(table_of(logins))
