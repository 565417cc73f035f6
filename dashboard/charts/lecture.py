"""Which charts a lecture's report has."""

from __future__ import annotations

from courses.models import Mode
from dashboard.charts.basic import basic_emotions
from dashboard.charts.chart import Chart
from dashboard.charts.coverage import coverage
from dashboard.charts.coverage import shares_of as coverage_shares
from dashboard.charts.fatigue import fatigue
from dashboard.charts.heads import heads
from dashboard.charts.heads import shares_of as head_shares
from dashboard.charts.highlights import highlights
from dashboard.charts.mix import emotion_mix
from dashboard.charts.mood import class_mood
from dashboard.charts.observable import eyes_and_heads
from dashboard.charts.students import student_time
from dashboard.charts.timeline import concentration
from dashboard.charts.valence import valence
from inference.selectors import Report


def class_charts(report: Report) -> list[Chart]:
    """Return the charts over time of the class; none where every value is suppressed."""
    if report.mode == Mode.OBSERVABLE:
        return [eyes_and_heads(report.rows)] if any(row.eyes_closed_share is not None for row in report.rows) else []
    if all(row.concentration is None for row in report.rows):
        return []
    return [concentration(report.rows, marked=highlights(report.rows)), emotion_mix(report.rows)]


def signal_charts(report: Report) -> list[Chart]:
    """Return what could be read, where heads pointed and how tired faces appear; none where nothing may be told."""
    rows = report.rows
    charts = [coverage(rows)] if any(map(coverage_shares, rows)) else []
    charts += [heads(rows)] if any(map(head_shares, rows)) else []
    if any(row.signs.get("fatigue") is not None for row in rows):
        charts.append(fatigue(rows, has_fast_eyes=report.run.eyes_fps > 0))
    return charts


def expression_charts(report: Report) -> list[Chart]:
    """Return the charts of the estimates beside the learning emotions; none where every value is suppressed."""
    charts = {"valence": valence, "basic": basic_emotions}
    shown = [name for name in report.extras if any(getattr(row, name) is not None for row in report.rows)]
    return [charts[name](report.rows) for name in shown]


def mood_chart(report: Report) -> Chart | None:
    """Return the summary of the class's mood, where enough people were seen for any of it."""
    mixes = report.summary.mix
    return class_mood(mixes) if any(span.mix for span in mixes) else None


def student_chart(report: Report) -> Chart | None:
    """Return the heatmap, where people may be shown one by one."""
    return student_time(report.people) if report.people and report.rows else None
