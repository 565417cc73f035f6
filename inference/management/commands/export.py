"""``manage.py export``: choose the precision at which the CPU engine runs a family's network."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inference.vision.training import export
from inference.vision.weights import WeightsError


class Command(BaseCommand):
    """Try a shipped network in float32, bfloat16 and int8."""

    help = "Measures a shipped network at each precision; its card then says the fastest one that is accurate enough."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what the plain command takes."""
        export.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            self.stdout.write(export.export(argparse.Namespace(**options)))
        except (OSError, ValueError, KeyError, WeightsError) as error:
            raise CommandError(str(error)) from error
