"""Rows for charts, without a database."""

from __future__ import annotations

from inference.selectors import Person, ScoreRow

MIX = (0.5, 0.1, 0.15, 0.1, 0.05, 0.1)


def row(index: int, value: float | None = 60.0, *, n_people: int = 12, mix: tuple[float, ...] | None = MIX) -> ScoreRow:
    """Return the segment `index` of 30 s; None is a segment without a value."""
    low, high = (None, None) if value is None else (value - 5, value + 5)
    shown = None if value is None else mix
    start_s = index * 30.0
    return ScoreRow(index, start_s, start_s + 30, value, low, high, 0.8, 300, n_people, shown, 0.05, 0.1)


def rows(*values: float | None) -> tuple[ScoreRow, ...]:
    return tuple(row(index, value) for index, value in enumerate(values))


def person(number: int, *, name: str = "", values: tuple[float | None, ...] = (60.0, None, 50.0)) -> Person:
    return Person(
        key=f"track-{number}",
        name=name or f"Person {number}",
        student_id=number if name else None,
        track_ids=(number,),
        first_s=0,
        last_s=90,
        best_s=12.5,
        best_bbox_xyxy=(1, 2, 3, 4),
        coverage=0.8,
        concentration=60,
        low=50,
        high=70,
        rows=rows(*values),
    )
