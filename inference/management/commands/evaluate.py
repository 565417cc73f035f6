"""``manage.py evaluate``: test a family's network on held-out people."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.vision.training import command
from inference.vision.weights import WeightsError


class Command(BaseCommand):
    """Test a family's network on held-out people."""

    help = "Tests the shipped network on held-out people; --publish ships the run's best weights first."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the plain command takes."""
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            self.stdout.write(command.evaluate(argparse.Namespace(**options)))
        except (OSError, ValueError, WeightsError) as error:
            raise CommandError(str(error)) from error
