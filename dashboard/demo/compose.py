"""Builds the demo recording in a process of its own: `python -m dashboard.demo.compose CLIPS TARGET SECONDS`.

Prints one line a second of film: `<done> <total>`. The site never loads OpenCV; this process does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from inference.vision.gallery import compose, demo_tiles


def main(clips: Path, target: Path, duration_s: float) -> None:
    """Write the film beside the target, then move it there, so that half a film is never taken for a whole one."""
    part = target.with_suffix(".part.mp4")
    try:
        compose(part, demo_tiles(clips), duration_s=duration_s, hook=say)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def say(_stage: str, completed: float, total: float) -> None:
    """Tell the waiting process how far it is, once a second of film."""
    if completed == int(completed):
        sys.stdout.write(f"{completed:.0f} {total:.0f}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]))
