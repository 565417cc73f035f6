"""Times the whole pipeline on a synthesised gallery of 25 faces in 720p: speed, stages, memory, and the limit.

    python -m benchmarks.lecture            all of it, about ten minutes on two cores
    python -m benchmarks.lecture --quick    one minute of recording, nothing recorded

Each run is a child process, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np

from benchmarks.record import record
from inference.vision.gallery import compose, many_tiles
from inference.vision.weights import asset_path

FACES, FPS = 25, 25
COMMAND = "python -m benchmarks.lecture"


def main() -> None:
    """Measure, print and record."""
    options = _options()
    if options.child:
        print(json.dumps(_child(Path(options.child[1]), options.child[0])))
        return
    with tempfile.TemporaryDirectory() as folder:
        minutes = 1 if options.quick else 4
        short, long = Path(folder) / "short.mp4", Path(folder) / "long.mp4"
        print(f"composing {minutes} min of {FACES} faces ...", flush=True)
        compose(short, many_tiles(asset_path("clips/single_face.mp4").parent, FACES), duration_s=minutes * 60, fps=FPS)
        figures = _measure(short)
        if not options.quick:
            repeat(short, long, times=10)
            figures["lecture.peak_mb_40min"] = (_run(long, "plain")["peak_mb"], "MB")
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    if not options.quick:
        record(figures, command=COMMAND)


def _measure(path: Path) -> dict[str, tuple[float, str]]:
    plain, stages, limit = (_run(path, mode) for mode in ("plain", "stages", "limit"))
    figures = {
        "lecture.x_realtime_1fps": (plain["x_realtime"], "x"),
        "lecture.peak_mb_4min": (plain["peak_mb"], "MB"),
        "lecture.limit_x_realtime": (limit["x_realtime"], "x"),
        "lecture.decode_only_x_realtime": (limit["decode_x_realtime"], "x"),
    }
    return figures | {f"lecture.ms_per_frame.{name}": (value, "ms") for name, value in stages["ms"].items()}


def _run(path: Path, mode: str) -> dict[str, Any]:
    print(f"measuring {path.stem}, {mode} ...", flush=True)
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.lecture", "--child", mode, str(path)],
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(child.stdout.splitlines()[-1])
    return answer


def _child(path: Path, mode: str) -> dict[str, Any]:
    return {"plain": _plain, "stages": _stages, "limit": _limit}[mode](path)


def _plain(path: Path) -> dict[str, Any]:
    from inference.vision.pipeline import Pipeline

    pipeline = Pipeline()
    begun, end_s, count = time.perf_counter(), 0.0, 0
    for part in pipeline.run(path):
        end_s, count = part.end_s, count + len(part.observations)
    x_realtime = end_s / (time.perf_counter() - begun)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"x_realtime": round(x_realtime, 1), "peak_mb": round(peak_mb), "observations": count}


def _stages(path: Path) -> dict[str, Any]:
    """Return milliseconds a sampled frame that each stage is busy; stages overlap, so they add up to more than all."""
    from inference.vision.pipeline import Pipeline
    from inference.vision.stages import measure as measuring
    from inference.vision.stages import track

    measure: Any = measuring
    busy_s: dict[str, float] = defaultdict(float)
    pipeline: Any = Pipeline()
    pipeline.detect = _timed(pipeline.detect, "detect", busy_s)
    inner: Any = pipeline.measure
    inner._mesher = _timed(inner._mesher, "landmarks", busy_s)
    estimator = inner._estimator
    measure.head_pose = _timed(measure.head_pose, "head_pose", busy_s)
    measure.face_quality = _timed(measure.face_quality, "quality", busy_s)
    estimator.aligned = _timed(estimator.aligned, "align", busy_s)
    estimator._network = _timed(estimator._network, "expression", busy_s)
    track.Tracker.update = _timed(track.Tracker.update, "track", busy_s)  # type: ignore[method-assign]
    frames = sum(len(part.frame_times_s) for part in pipeline.run(path))
    busy_s["decode"] = _decode_s(path)
    return {"ms": {name: round(1000 * spent / frames, 2) for name, spent in sorted(busy_s.items())}}


def _limit(path: Path) -> dict[str, Any]:
    """Return what the machine could do: decoding alone, and each network at its best batch with nothing around it."""
    from inference.vision.pipeline import Pipeline
    from inference.vision.runtime import BATCHES
    from inference.vision.stages.landmarks import BATCH
    from inference.vision.stages.window import INPUT_PX

    pipeline = Pipeline()
    inner: Any = pipeline.measure
    height, width = inner._estimator.card.input_size
    image = np.random.default_rng(0).integers(0, 255, (720, 1280, 3)).astype(np.uint8)
    pipeline.detect(image)
    detector = next(iter(pipeline.detect._networks.values()))
    networks = {
        "detect": (_seconds(detector, (1, 3, 544, 960)), 1),
        "landmarks": (_seconds(inner._mesher._network, (BATCH, INPUT_PX, INPUT_PX, 3)) / BATCH, FACES),
        "expression": (_seconds(inner._estimator._network, (BATCHES["cpu"], 1, height, width)) / BATCHES["cpu"], FACES),
    }
    with av.open(str(path)) as container:
        duration_s = float(container.duration or 0) / av.time_base
    decode_s = _decode_s(path) / duration_s
    total_s = decode_s + sum(each_s * count for each_s, count in networks.values())
    return {"x_realtime": round(1 / total_s, 1), "decode_x_realtime": round(1 / decode_s, 1)}


def _seconds(network: Callable[[Any], Any], shape: tuple[int, ...]) -> float:
    pixels = np.random.default_rng(0).integers(0, 255, shape).astype(np.uint8)
    batch = pixels if shape[-1] == 3 else pixels.astype(np.float32)
    network(batch)
    spent = []
    for _ in range(20):
        begun = time.perf_counter()
        network(batch)
        spent.append(time.perf_counter() - begun)
    return float(np.median(spent))


def _decode_s(path: Path) -> float:
    from inference.vision.video import FrameReader, Sampling

    begun = time.perf_counter()
    for _ in FrameReader(path, Sampling(1.0, 60.0)):
        pass
    return time.perf_counter() - begun


def _timed(function: Any, name: str, busy_s: dict[str, float]) -> Any:
    def run(*args: Any, **kwargs: Any) -> Any:
        begun = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            busy_s[name] += time.perf_counter() - begun

    return run


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
    parser.add_argument("--child", nargs=2, metavar=("MODE", "FILE"), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
