"""``manage.py train``: train a family's network on the weak labels."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.vision.training import command
from inference.vision.weights import WeightsError


class Command(BaseCommand):
    """Train a family's network on the weak labels."""

    help = "Trains a family's network; a second call continues where the first one stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the plain command takes."""
        command.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            self.stdout.write(f"Written: {command.train(argparse.Namespace(**options))}")
        except (OSError, ValueError, WeightsError) as error:
            raise CommandError(str(error)) from error
