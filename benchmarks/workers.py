"""How much faster two workers read one recording than one worker, each on one processor core, and whether they agree.

    python -m benchmarks.workers            about ten minutes on two cores
    python -m benchmarks.workers --quick    two minutes of recording, one round, nothing recorded

Real workers of Celery on Postgres and Valkey of their own. The recording is a gallery of 25 faces in 720p; it is read
whole by a worker on core 0, in four stretches by that one and another on core 1, and whole by one worker on both
cores. Workers have opened their networks before. A run's time is from its claim to its end; ratios are medians of the
rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.lecture import FACES, FPS, repeat
from benchmarks.page import site
from benchmarks.record import record
from inference.vision.gallery import compose, many_tiles
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.workers"
PART_S, STRETCHES, ROUNDS = 60, 4, 3
PATIENCE_S = 3600
LEAST_OBSERVATIONS = 10
Figures = dict[str, tuple[float, str]]
# Queue, core (None: all of them), and whether recordings are split.
WORKERS = (("alone", 0, False), ("gpu", 0, True), ("gpu", 1, True), ("both_cores", None, False))


def main() -> None:
    """Measure, print and record."""
    options = _options()
    minutes, rounds = (2, 1) if options.quick else (4, options.rounds)
    with tempfile.TemporaryDirectory() as folder, site():
        long, short = Path(folder) / "long.mp4", Path(folder) / "short.mp4"
        tiles = many_tiles(asset_path("clips/single_face.mp4").parent, FACES)
        compose(short, tiles, duration_s=PART_S, fps=FPS)
        repeat(short, long, times=minutes)
        with workers(Path(folder), split_s=minutes * PART_S // min(STRETCHES, minutes)):
            figures = measure(long, short, minutes=minutes, rounds=rounds)
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    if not options.quick:
        more = {key: {"rounds": rounds, "minutes": minutes} for key in figures}
        record(figures, command=COMMAND, more=more)


def measure(long: Path, short: Path, *, minutes: int, rounds: int) -> Figures:
    """Return the rows for results.json."""
    recording, warm_up = _recording(long, minutes * PART_S), _recording(short, PART_S)
    for queue in ("alone", "both_cores"):
        _done([_sent(warm_up, queue)])
    _warm_both(short)
    runs = [{queue: _timed(recording, queue) for queue in ("alone", "gpu", "both_cores")} for _ in range(rounds)]
    ratio: Callable[[str], float] = lambda queue: statistics.median(  # noqa: E731
        _seconds(round_["alone"]) / _seconds(round_[queue]) for round_ in runs
    )
    share, more = _agreement(runs[-1]["alone"], runs[-1]["gpu"])
    return {
        "lecture.speedup_2_workers": (round(ratio("gpu"), 2), "x"),
        "lecture.speedup_1_worker_2_cores": (round(ratio("both_cores"), 2), "x"),
        "lecture.split_within_interval": (round(share, 4), "share"),
        "lecture.split_more_tracks": (more, "tracks"),
    }


@contextmanager
def workers(folder: Path, *, split_s: int) -> Iterator[None]:
    """Run the workers for as long as the measurement takes."""
    with ExitStack() as stack:
        for number, (queue, core, is_split) in enumerate(WORKERS):
            log = stack.enter_context((folder / f"{number}.log").open("wb"))
            child = _worker(f"{number}", queue, core, log=log, split_s=split_s if is_split else 0)
            stack.callback(child.wait)
            stack.callback(child.kill)
        yield


def _worker(name: str, queue: str, core: int | None, *, log: Any, split_s: int) -> subprocess.Popen[bytes]:
    # Without a pool the worker is one process, and its core is the run's.
    command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-Q", queue, "-n", f"{name}@%h"]
    return subprocess.Popen(
        [*command, "-P", "solo", "-l", "INFO", "--without-gossip", "--without-mingle", "--without-heartbeat"],
        env={**os.environ, "LECTERN_SPLIT_S": str(split_s)}, stdout=log, stderr=log,
        preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
    )  # fmt: skip


def _recording(path: Path, duration_s: float) -> Any:
    from tests import factories

    institution = factories.InstitutionFactory()
    factories.policy(institution)
    lecture = factories.LectureFactory(course=factories.CourseFactory(institution=institution))
    return factories.recording_of(path, lecture, duration_s=duration_s)


def _sent(recording: Any, queue: str) -> Any:
    from courses.models import DeploymentPolicy
    from inference.tasks import analyze_run
    from tests import factories

    policy = DeploymentPolicy.objects.get(institution=recording.institution)
    run = factories.AnalysisRunFactory(recording=recording, policy=policy)
    analyze_run.apply_async((run.pk,), queue=queue)
    return run


def _done(runs: list[Any]) -> None:
    """Wait until all runs are done.

    Raises:
        SystemExit: one failed, or took too long.
    """
    deadline = time.monotonic() + PATIENCE_S
    for run in runs:
        while run.is_active:
            time.sleep(0.2)
            run.refresh_from_db()
            if time.monotonic() > deadline:
                raise SystemExit("a run takes too long")
        if run.state != run.State.SUCCESS:
            raise SystemExit(f"a run failed: {run.error_code} {run.error_message}")


def _warm_both(short: Path) -> None:
    """Give each of the two workers a run of its own, so that both have opened their networks."""
    runs = [_sent(_recording(short, PART_S), "gpu") for _ in range(2)]
    owners: set[str] = set()
    while any(run.is_active for run in runs):
        time.sleep(0.2)
        for run in runs:
            run.refresh_from_db()
            owners |= {run.lease_owner.split("|")[1]} if run.lease_owner else set()
    if len(owners) < 2:
        raise SystemExit("one worker took both runs: try again")
    _done(runs)


def _timed(recording: Any, queue: str) -> Any:
    run = _sent(recording, queue)
    _done([run])
    print(f"{queue:12} {_seconds(run):7.1f} s", flush=True)
    return run


def _seconds(run: Any) -> float:
    return float((run.finished_at - run.started_at).total_seconds())


def _agreement(whole: Any, split: Any) -> tuple[float, int]:
    """Return the share of values inside the interval of the run in one piece, and how many more tracks there are."""
    from inference.models import SegmentScore

    def rows(run: Any) -> dict[tuple[int, int | None], Any]:
        scores = SegmentScore.objects.filter(run=run, concentration__isnull=False).select_related("track")
        return {(row.segment_id, row.track.number if row.track else None): row for row in scores}

    found = rows(split)
    one = {key: row for key, row in rows(whole).items() if row.concentration_low is not None}
    inside = [
        key in found and row.concentration_low <= found[key].concentration <= row.concentration_high
        for key, row in one.items()
    ]
    return statistics.mean(inside), _people(split) - _people(whole)


def _people(run: Any) -> int:
    """Return how many tracks are more than a flicker."""
    return int(run.tracks.filter(n_observations__gte=LEAST_OBSERVATIONS).count())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a short try, nothing recorded")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often all is measured")
    return parser.parse_args()


if __name__ == "__main__":
    main()
