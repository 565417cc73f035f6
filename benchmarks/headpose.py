"""Measures the head pose: on heads turned by known rotations, and against two other networks on real faces.

    python -m benchmarks.headpose --data ../shared/data [--sheet docs/models/head-pose.png]

The other networks are read from ``--weights``, by default ``weights`` beside the data. About a minute of one core.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.poses import real
from benchmarks.poses.figures import Figures, accuracy, agreement, by_range, confidence_meaning, residual_meaning
from benchmarks.poses.others import RECIPES, Convention, convention_of
from benchmarks.poses.rendered import Portrait, portraits, rendered
from benchmarks.poses.sheet import write_sheet
from benchmarks.poses.surface import Reals
from benchmarks.poses.views import Views, Watcher
from benchmarks.record import record
from inference.vision.types import ImageArray

COMMAND = "python -m benchmarks.headpose --data ../shared/data"
PEOPLE, LFW, WACV, CKPLUS = 60, 300, 300, 150
SHEET_PEOPLE = 24


def main() -> None:
    """Measure, print and record; or only write the sheet."""
    options = _options()
    watcher = Watcher(options.weights)
    people = portraits(options.data, SHEET_PEOPLE if options.sheet else PEOPLE, see=watcher.mesh)
    if options.sheet:
        write_sheet(options.sheet, people)
        return
    label_deg, views = _turned(people, watcher)
    figures = rendered_figures(
        views, label_deg, is_held_out=np.repeat(np.arange(PEOPLE) % 2 == 1, len(label_deg) // PEOPLE)
    )
    figures |= _compared(options.data, watcher, people, views, label_deg)
    for key, (value, unit) in figures.items():
        print(f"{key:44} {value:>8} {unit}")
    record(figures, command=COMMAND)


def rendered_figures(views: Views, label_deg: Reals, *, is_held_out: Reals) -> Figures:
    """Return the figures on rendered heads, those that a choice could have bettered on the people held out alone."""
    missing = float(np.isnan(views.pose_deg).any(axis=1).mean())
    rest = (label_deg[is_held_out], views.residual_px[is_held_out], views.face_px[is_held_out])
    found: Figures = accuracy(views.pose_deg, label_deg) | by_range(views.pose_deg, label_deg)
    found["not_found"] = (round(missing, 4), "share")
    found["held_out.mae_deg"] = accuracy(views.pose_deg[is_held_out], rest[0])["mae_deg"]
    found |= residual_meaning(views.pose_deg[is_held_out], *rest) | confidence_meaning(
        views.pose_deg[is_held_out], *rest
    )
    return prefixed("head", found)


def prefixed(prefix: str, figures: Figures) -> Figures:
    """Return the figures with ``prefix`` before each key."""
    return {f"{prefix}.{key}": figure for key, figure in figures.items()}


def _turned(people: Sequence[Portrait], watcher: Watcher) -> tuple[Reals, Views]:
    """Return the labels (n, 3) and what is seen; the pictures are not kept."""
    labels: list[Reals] = []

    def pictures() -> Iterator[ImageArray]:
        for seed, person in enumerate(people):
            for picture in rendered(person, seed=seed):
                labels.append(picture.pose_deg)
                yield picture.image
            print(f"turned {person.person}", flush=True)

    views = watcher.views(pictures())
    return np.stack(labels), views


def _compared(data: Path, watcher: Watcher, people: Sequence[Portrait], views: Views, label_deg: Reals) -> Figures:
    photos = list(real.lfw(data, LFW, without={person.person for person in people}))
    sets = {
        "lfw": watcher.views(photos),
        "wacv": watcher.views(real.wacv(data, WACV)),
        "ckplus": watcher.views(real.ckplus(data, CKPLUS)),
    }
    mirrored = watcher.views(np.ascontiguousarray(photo[:, ::-1]) for photo in photos)
    figures: Figures = {}
    for name in RECIPES:
        convention = _convention(name, views, label_deg, plain=sets["lfw"], mirrored=mirrored)
        figures |= _of_network(name, convention, views, label_deg, sets)
    return figures


def _convention(name: str, views: Views, label_deg: Reals, *, plain: Views, mirrored: Views) -> Convention:
    known, left, right = (getattr(each, name) for each in (views, plain, mirrored))
    seen, both = np.isfinite(known).all(axis=1), np.isfinite(left + right).all(axis=1)
    found = convention_of(known[seen], label_deg[seen], plain=left[both], mirrored=right[both])
    print(f"{name}: outputs {found.order.tolist()} are yaw, pitch, roll, with signs {found.signs.tolist()}", flush=True)
    return found


def _of_network(
    name: str, convention: Convention, views: Views, label_deg: Reals, sets: Mapping[str, Views]
) -> Figures:
    """Return the network's own error on rendered heads, and how far ours is from it on each set of real faces."""
    own = accuracy(convention.aligned(getattr(views, name)), label_deg)
    figures = prefixed(f"head.{name}.rendered", own)
    for place, seen in sets.items():
        figures |= prefixed(f"head.{name}.{place}", agreement(seen.pose_deg, convention.aligned(getattr(seen, name))))
    return figures


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the labelled sets")
    parser.add_argument("--weights", type=Path, help="the folder of the other networks")
    parser.add_argument("--sheet", type=Path, help="write a picture of labelled heads there, and measure nothing")
    options = parser.parse_args()
    options.weights = options.weights or options.data.parent / "weights"
    return options


if __name__ == "__main__":
    main()
