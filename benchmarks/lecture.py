"""Times the whole pipeline on a synthesised gallery of 25 faces in 720p: speed, stages, memory, and the limit.

    python -m benchmarks.lecture            all of it, about ten minutes on two cores
    python -m benchmarks.lecture --quick    one minute of recording, nothing recorded

Each run is a child process, so that its peak memory is its own. The limit is what the machine could do: decoding alone,
and after it each network alone, in the batches that the pipeline gives it and on all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.record import record
from inference.vision import runtime
from inference.vision.gallery import compose, many_tiles
from inference.vision.types import Frame
from inference.vision.weights import asset_path

FACES, FPS = 25, 25
EYES_FPS = 12.0
MINUTES, ROUNDS, STAGE_CHUNKS = 4, 3, 14
COMMAND = "python -m benchmarks.lecture"


def main() -> None:
    """Measure, print and record."""
    options = _options()
    if options.child:
        mode, path, fps = options.child
        run = {"plain": _plain, "eyes": _eyes, "stages": _stages, "limit": _limit}[mode]
        print(json.dumps(run(Path(path), float(fps))))
        return
    with tempfile.TemporaryDirectory() as folder:
        minutes = 1 if options.quick else options.minutes
        short, long = Path(folder) / "short.mp4", Path(folder) / "long.mp4"
        print(f"composing {minutes} min of {FACES} faces ...", flush=True)
        compose(short, many_tiles(asset_path("clips/single_face.mp4").parent, FACES), duration_s=minutes * 60, fps=FPS)
        figures = _measure(short, rounds=1 if options.quick else options.rounds)
        if not options.quick and minutes == MINUTES:
            repeat(short, long, times=10)
            figures["lecture.peak_mb_40min"] = (_run(long, "plain", 1.0)["peak_mb"], "MB")
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    if not options.quick:
        is_usual = (minutes, options.rounds) == (MINUTES, ROUNDS)
        record(figures, command=COMMAND if is_usual else f"{COMMAND} --minutes {minutes} --rounds {options.rounds}")


def _measure(path: Path, *, rounds: int) -> dict[str, tuple[float, str]]:
    """Return the figures; runs and limits take turns, and the fastest of each counts: others use the machine too."""
    found = [{name: _run(path, mode, fps) for name, mode, fps in _RUNS} for _ in range(rounds)]
    best = {name: max((round_[name] for round_ in found), key=lambda run: run["x_realtime"]) for name, _, _ in _RUNS}
    figures = {
        "lecture.x_realtime_1fps": (best["1fps"]["x_realtime"], "x"),
        "lecture.x_realtime_2fps": (best["2fps"]["x_realtime"], "x"),
        "lecture.x_realtime_eyes_12fps": (_run(path, "eyes", 1.0)["x_realtime"], "x"),
        "lecture.cpu_ms_1fps": (best["1fps"]["cpu_ms"], "ms"),
        "lecture.cpu_ms_2fps": (best["2fps"]["cpu_ms"], "ms"),
        "lecture.peak_mb_short": (best["1fps"]["peak_mb"], "MB"),
        "lecture.limit_x_realtime": (best["limit"]["x_realtime"], "x"),
        "lecture.decode_only_x_realtime": (best["limit"]["decode_x_realtime"], "x"),
    }
    spent = _run(path, "stages", 1.0)["cpu_ms"]
    # By the processor's time, which other programs on the machine disturb least.
    needed_ms = spent["decode"] + sum(value for name, value in spent.items() if name.endswith(".networks"))
    figures["lecture.share_of_limit"] = (round(needed_ms / best["1fps"]["cpu_ms"], 2), "share")
    return figures | {f"lecture.stage_cpu_ms.{name}": (value, "ms") for name, value in spent.items()}


_RUNS = (("1fps", "plain", 1.0), ("limit", "limit", 1.0), ("2fps", "plain", 2.0))


def _run(path: Path, mode: str, fps: float) -> dict[str, Any]:
    print(f"measuring {path.stem}, {mode} at {fps:g} fps ...", flush=True)
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.lecture", "--child", mode, str(path), str(fps)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return answer


def _pipeline(fps: float, **options: Any) -> Any:
    from inference.vision.pipeline import Pipeline, PipelineOptions

    return Pipeline(options=PipelineOptions(sample_fps=fps, **options))


def _plain(path: Path, fps: float, **options: Any) -> dict[str, Any]:
    pipeline = _pipeline(fps, **options)
    begun, begun_cpu, end_s, frames = time.perf_counter(), time.process_time(), 0.0, 0
    for part in pipeline.run(path):
        end_s, frames = part.end_s, frames + len(part.frame_times_s)
    cpu_ms = 1000 * (time.process_time() - begun_cpu) / frames
    x_realtime = end_s / (time.perf_counter() - begun)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"x_realtime": round(x_realtime, 1), "cpu_ms": round(cpu_ms, 1), "peak_mb": round(peak_mb)}


def _eyes(path: Path, fps: float) -> dict[str, Any]:
    return _plain(path, fps, eyes_fps=EYES_FPS)


def _stages(path: Path, fps: float) -> dict[str, Any]:
    """Return the processor's milliseconds a sampled frame in each stage, one stage after the other."""
    from inference.vision.stages.track import Tracker
    from inference.vision.video import FrameReader, Sampling

    with _watched() as networks:
        pipeline, tracker = _pipeline(fps), Tracker()
        frames = iter(FrameReader(path, Sampling(fps, 60.0)))
        spent: dict[str, float] = defaultdict(float)
        for number in range(STAGE_CHUNKS + 1):
            if number == 1:
                spent.clear()  # the first chunk opened the networks
            _one_chunk(_Stages(spent, networks), pipeline, tracker, frames)
    ms = 1000 / (STAGE_CHUNKS * pipeline_chunk())
    return {"cpu_ms": {name: round(ms * spent_s, 1) for name, spent_s in sorted(spent.items()) if spent_s}}


def _one_chunk(stage: _Stages, pipeline: Any, tracker: Any, frames: Iterator[Frame]) -> None:
    tracked = []
    for frame in stage("decode", lambda: list(islice(frames, pipeline_chunk()))):
        faces = stage("detect", pipeline.detect, frame.image_bgr)
        tracked.append((frame, stage("track", tracker.update, frame.image_bgr, frame.timestamp_s, faces)))
    stage("observe", pipeline.measure.observe, stage("look", pipeline.measure.look, tracked))


def pipeline_chunk() -> int:
    """Return how many frames share the networks' batches."""
    from inference.vision.pipeline import CHUNK_FRAMES

    return CHUNK_FRAMES


def _limit(path: Path, fps: float) -> dict[str, Any]:
    """Return what the machine could do: decoding alone, and each network alone with nothing around it."""
    with _watched() as networks:
        frames = sum(len(part.frame_times_s) for part in _pipeline(fps).run(path))
    duration_s = _duration_s(path)
    decode_s = _decode_s(path, fps) / duration_s
    networks_s = sum(network.alone_s() for network in networks) / duration_s
    print({"frames": frames, "decode_ms": 1000 * decode_s, "networks_ms": 1000 * networks_s}, file=sys.stderr)
    return {"x_realtime": round(1 / (decode_s + networks_s), 1), "decode_x_realtime": round(1 / decode_s, 1)}


@dataclass(slots=True)
class _Stages:
    """Adds up the processor's time that each stage takes, and how much of it its networks take."""

    spent: dict[str, float]
    networks: list[_Watched]

    def __call__(self, name: str, work: Callable[..., Any], *args: Any) -> Any:
        """Do the work of the stage ``name``."""
        inside_s, begun = sum(network.cpu_s for network in self.networks), time.process_time()
        found = work(*args)
        self.spent[name] += time.process_time() - begun
        self.spent[f"{name}.networks"] += sum(network.cpu_s for network in self.networks) - inside_s
        return found


@dataclass(slots=True)
class _Watched:
    """A network that notes the batches it is given and the processor's time; ``best`` is the same on all cores."""

    network: runtime.Network
    best: runtime.Network
    cpu_s: float = 0.0
    calls: Counter[tuple[int, ...]] = field(default_factory=Counter)
    kinds: dict[tuple[int, ...], runtime.Batch] = field(default_factory=dict)

    def __call__(self, batch: runtime.Batch) -> Any:
        """Run the network."""
        self.calls[batch.shape] += 1
        self.kinds.setdefault(batch.shape, batch.copy())
        begun = time.process_time()
        found = self.network(batch)
        self.cpu_s += time.process_time() - begun
        return found

    def alone_s(self) -> float:
        """Return how long all of the calls would take with nothing beside them."""
        return sum(count * _seconds(self.best, self.kinds[shape]) for shape, count in self.calls.items())


@contextmanager
def _watched() -> Iterator[list[_Watched]]:
    """Watch every network that is compiled from now on, also after the block."""
    compile_model, found = runtime.compile_model, list[_Watched]()
    patched: Any = runtime

    def watched(model: Any, *, precision: runtime.Precision) -> Any:
        threads = runtime.threads_per_network
        patched.threads_per_network = lambda: len(os.sched_getaffinity(0))
        best = compile_model(model, precision=precision)
        patched.threads_per_network = threads
        found.append(_Watched(compile_model(model, precision=precision), best))
        return found[-1]

    patched.compile_model = watched
    yield found


def _seconds(network: runtime.Network, batch: runtime.Batch) -> float:
    """Return the median time of a call, after a few for the caches to fill."""
    spent = []
    for _ in range(23):
        begun = time.perf_counter()
        network(batch)
        spent.append(time.perf_counter() - begun)
    return float(np.median(spent[3:]))


def _decode_s(path: Path, fps: float) -> float:
    begun = time.perf_counter()
    _frames(path, fps)
    return time.perf_counter() - begun


def _frames(path: Path, fps: float) -> int:
    from inference.vision.video import FrameReader, Sampling

    return sum(1 for _ in FrameReader(path, Sampling(fps, 60.0)))


def _duration_s(path: Path) -> float:
    with av.open(str(path)) as container:
        return float(container.duration or 0) / av.time_base


def repeat(source: Path, target: Path, *, times: int) -> None:
    """Write ``source`` ``times`` over without encoding it again."""
    with av.open(str(target), "w") as writer:
        stream, offset = None, 0
        for _ in range(times):
            with av.open(str(source)) as reader:
                video = reader.streams.video[0]
                stream = stream or writer.add_stream_from_template(video)
                for packet in reader.demux(video):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts, packet.stream = packet.pts + offset, packet.dts + offset, stream
                    writer.mux(packet)
                offset += int(video.duration or 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one minute of recording, nothing recorded")
    parser.add_argument("--minutes", type=int, default=MINUTES, help=f"of recording; memory is measured at {MINUTES}")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--child", nargs=3, metavar=("MODE", "FILE", "FPS"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
