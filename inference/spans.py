"""The spans of a lecture that are scored: fixed windows, the whole, and its thirds."""

from __future__ import annotations

import numpy as np

from courses.models import Lecture, Segment
from inference.vision.concentration import Values

# A rest shorter than this joins the window before it: no value could stand on it.
LEAST_WINDOW_S = 10.0
THIRDS = 3
NAMES = ("whole", "first", "middle", "last")


def fixed_windows(duration_s: float, segment_s: float) -> Values:
    """Return (s, 2) windows of ``segment_s`` that cover the recording without gaps."""
    starts = np.arange(0.0, max(duration_s, segment_s), segment_s)
    ends = np.append(starts[1:], max(duration_s, starts[-1] + 1e-3))
    if len(starts) > 1 and ends[-1] - starts[-1] < LEAST_WINDOW_S:
        starts, ends = starts[:-1], np.append(ends[:-2], ends[-1])
    return np.stack([starts, ends], axis=1)


def summary_spans(duration_s: float) -> Values:
    """Return (4, 2): the whole, then the first, middle and last third."""
    edges = np.linspace(0.0, max(duration_s, 1e-3), THIRDS + 1)
    thirds = np.stack([edges[:-1], edges[1:]], axis=1)
    return np.concatenate([[[edges[0], edges[-1]]], thirds])


def segments_ensure(lecture: Lecture, *, duration_s: float, segment_s: float) -> list[Segment]:
    """Return the lecture's fixed and summary segments, made on first use: later runs score the same spans."""
    kinds = (Segment.Kind.FIXED, Segment.Kind.SUMMARY)
    segments = Segment.objects.filter(lecture=lecture, kind__in=kinds)
    if not segments.exists():
        made = [
            *_segments(lecture, Segment.Kind.FIXED, fixed_windows(duration_s, segment_s), names=()),
            *_segments(lecture, Segment.Kind.SUMMARY, summary_spans(duration_s), names=NAMES),
        ]
        Segment.objects.bulk_create(made, ignore_conflicts=True)
    return list(segments.order_by("kind", "index"))


def disjoint_groups(segments: list[Segment]) -> list[list[Segment]]:
    """Return the fixed windows, the whole, and the thirds: inside a group nothing overlaps."""
    fixed = [segment for segment in segments if segment.kind == Segment.Kind.FIXED]
    summary = [segment for segment in segments if segment.kind == Segment.Kind.SUMMARY]
    return [group for group in (fixed, summary[:1], summary[1:]) if group]


def bounds(segments: list[Segment]) -> Values:
    """Return (s, 2) start and end of each segment in seconds."""
    return np.array([[segment.start_s, segment.end_s] for segment in segments], np.float64).reshape(-1, 2)


def _segments(lecture: Lecture, kind: Segment.Kind, spans: Values, *, names: tuple[str, ...]) -> list[Segment]:
    return [
        Segment(
            institution_id=lecture.institution_id,
            lecture=lecture,
            kind=kind,
            index=index,
            name=names[index] if names else "",
            start_s=float(start_s),
            end_s=float(end_s),
        )
        for index, (start_s, end_s) in enumerate(spans)
    ]
