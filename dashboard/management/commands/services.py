"""Run a command with Postgres and Valkey up: `manage.py services exec -- CMD`, or say where they are."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dashboard.embedded import EmbeddedError, Services
from dashboard.embedded.signals import stop_signals

# What a shell reports for a program that Ctrl-C ended.
STOPPED = 130


class Command(BaseCommand):
    """Use the running services, or start them for as long as the command takes."""

    help = "Run a command with the embedded services up, or print their URLs."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        actions = parser.add_subparsers(dest="action", required=True)
        execute = actions.add_parser("exec", help="run a command while the services are up")
        execute.add_argument("command", nargs=argparse.REMAINDER, help="the command, after --")
        actions.add_parser("urls", help="print the URLs of database and broker")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; the exit code is that of the command."""
        services = Services(report=self.stderr.write)
        if options["action"] == "urls":
            self.stdout.write(f"DATABASE_URL={services.database_url}\nREDIS_URL={services.redis_url}")
            return
        command = [word for place, word in enumerate(options["command"]) if (place, word) != (0, "--")]
        if not command:
            raise CommandError("Name a command: manage.py services exec -- CMD")
        sys.exit(self._execute(services, command))

    def _execute(self, services: Services, command: list[str]) -> int:
        code = STOPPED
        try:
            with stop_signals(), services:
                code = subprocess.run(command, check=False).returncode
        except EmbeddedError as error:
            raise CommandError(str(error)) from error
        except FileNotFoundError as error:
            raise CommandError(f"There is no program {command[0]}.") from error
        return code
