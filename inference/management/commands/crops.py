"""`manage.py crops FILE --to FOLDER`: face crops for people to label, in the form that the set `crops` reads."""

from __future__ import annotations

import csv
import shutil
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import cv2
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import track

from inference.vision.crops import Crop, crops_of
from inference.vision.media import MediaError
from inference.vision.stages.estimate import FAMILY
from inference.vision.training.sets.crops import COLUMNS, FILE
from inference.vision.weights import WeightsError, card_path, load_card

CANNOT_BE_USED = 2
CONSENT_FILE = "consent.txt"


class Command(BaseCommand):
    """Cuts the faces out of one recording of this machine: no database, no broker. The site never writes faces."""

    help = "Cut out the faces of a recording whose people agreed, for labelling and training."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name what can be chosen."""
        parser.add_argument("file", type=Path, help="a recording: MP4, MOV, MKV, WebM, AVI or MPEG")
        parser.add_argument("--to", type=Path, required=True, help="a folder that is new or empty")
        parser.add_argument("--consent", required=True, help="who agreed to this use, and where that is written down")
        parser.add_argument("--every", type=float, default=10.0, help="seconds between two crops of a face")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the crops, the table to label and the consent."""
        file, folder = options["file"], options["to"]
        if not file.is_file():
            raise CommandError(_("There is no file %(path)s.") % {"path": file}, returncode=CANNOT_BE_USED)
        if options["every"] <= 0 or not options["consent"].strip():
            raise CommandError(_("Give --every more than 0 seconds, and words after --consent."))
        if folder.is_file() or (folder.exists() and any(folder.iterdir())):
            raise CommandError(_("%(path)s is not empty: name a new folder.") % {"path": folder})
        try:
            found = crops_of(file, load_card(card_path(FAMILY)), every_s=options["every"])
            shown = track(found, _("Cutting faces out"), console=Console(stderr=True), transient=True)
            count = write(shown, folder, recording=file.stem, consent=options["consent"])
        except (MediaError, WeightsError, OSError) as error:
            raise CommandError(str(error), returncode=CANNOT_BE_USED) from error
        facts = {"count": count, "path": folder, "file": FILE}
        self.stdout.write(_("%(count)d crops in %(path)s; write labels into %(file)s.") % facts)


def write(crops: Iterable[Crop], folder: Path, *, recording: str, consent: str) -> int:
    """Write ``crops`` and their table into ``folder``, readable by its owner alone; return how many there were.

    A person is called by recording and track: somebody who joins two recordings has two names until people join them.
    What goes wrong on the way leaves nothing behind.
    """
    draft = folder.with_name(f"{folder.name}.part")
    draft.mkdir(mode=0o700, parents=True)
    try:
        (draft / CONSENT_FILE).write_text(f"{consent.strip()}\n", encoding="utf-8")
        count = _write_crops(crops, draft, recording)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft)
        raise
    return count


def _write_crops(crops: Iterable[Crop], folder: Path, recording: str) -> int:
    (folder / "crops").mkdir()
    with (folder / FILE).open("w", newline="", encoding="utf-8") as stream:
        table, number = csv.writer(stream), 0
        table.writerow(COLUMNS)
        for number, crop in enumerate(crops, 1):
            name = f"crops/{number:05}.png"
            (folder / name).write_bytes(cv2.imencode(".png", crop.image)[1].tobytes())
            table.writerow([name, "", f"{recording}-{crop.track_number}", ""])
    return number
