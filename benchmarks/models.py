"""Copies the figures of networks, which the package keeps, beside those of speed: ``python -m benchmarks.models``."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.record import merge
from inference.vision.bench.record import PAPER, SUBJECT, Figure, Measured, read_measured


def rows_of(measured: Measured) -> Iterator[tuple[str, Figure]]:
    """Yield one row a figure; where the paper's protocol gives another value, it has a row ``.paper_protocol``."""
    for key, figures in measured.items():
        main = figures.get(SUBJECT) or figures[PAPER]
        yield key, {**main, "protocol": SUBJECT if SUBJECT in figures else PAPER}
        if PAPER in figures and figures[PAPER]["value"] != main["value"]:
            yield f"{key}.paper_protocol", {**figures[PAPER], "protocol": PAPER}


def main() -> None:
    """Merge them all."""
    rows = dict(rows_of(read_measured()))
    merge(rows)
    print(f"{len(rows)} figures of networks")


if __name__ == "__main__":
    main()
