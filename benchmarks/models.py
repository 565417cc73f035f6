"""Copies the figures of networks, which the package keeps, beside those of speed: ``python -m benchmarks.models``."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.record import merge
from inference.vision.bench.record import PAPER, SUBJECT, Figure, Measured, read_measured


def rows_of(measured: Measured) -> Iterator[tuple[str, Figure]]:
    """Yield one row a figure: both protocols of a key are told apart by ``.paper_protocol`` at the paper's one."""
    for key, figures in measured.items():
        for protocol, figure in figures.items():
            suffix = ".paper_protocol" if protocol == PAPER and SUBJECT in figures else ""
            yield f"{key}{suffix}", {**figure, "protocol": protocol}


def main() -> None:
    """Merge them all."""
    rows = dict(rows_of(read_measured()))
    merge(rows)
    print(f"{len(rows)} figures of networks")


if __name__ == "__main__":
    main()
