"""The classifier and whole streams on a GPU: faces a second, x real time of 1, 4 and 16 streams, share of the peak.

    python -m benchmarks.gpu

It needs an NVIDIA GPU and says so where there is none. A stream is a process with a pipeline of its own, on the same
gallery of 25 faces. The peak is what this card reaches in a large product of bfloat16 matrices, not its data sheet's.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.lecture import FACES, FPS
from benchmarks.record import record
from inference.vision.gallery import compose, many_tiles
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.gpu"
STREAMS, MINUTES = (1, 4, 16), 2
MATRIX, REPEATS = 8192, 20


def main() -> None:
    """Measure, print and record.

    Raises:
        SystemExit: there is no GPU.
    """
    if len(sys.argv) > 2 and sys.argv[1] == "--child":
        _stream(Path(sys.argv[2]))
        return
    import torch

    if not torch.cuda.is_available():
        raise SystemExit("This benchmark needs an NVIDIA GPU, and PyTorch sees none.")
    figures = _classifier() | _streams()
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    record(figures, command=COMMAND)


def _classifier() -> dict[str, tuple[float, str]]:
    import numpy as np
    from torch.utils.flop_counter import FlopCounterMode

    from inference.vision.families import load_network
    from inference.vision.runtime import BATCHES, load_module
    from inference.vision.stages.estimate import FAMILY

    module, card = load_network(FAMILY)
    batch = np.zeros((BATCHES["cuda"], 1, *card.input_size), np.float32)
    network = load_module(module, input_shape=batch.shape[1:], device="cuda")
    faces_a_second = len(batch) / _seconds(lambda: network(batch))
    with FlopCounterMode(display=False) as counter:
        network(batch[:1])
    share = faces_a_second * counter.get_total_flops() / _peak_flops()
    return {"gpu.faces_per_s": (round(faces_a_second), "faces/s"), "gpu.share_of_peak": (round(share, 4), "share")}


def _peak_flops() -> float:
    """Return the operations a second of a large product of bfloat16 matrices."""
    import torch

    left = torch.randn(MATRIX, MATRIX, device="cuda", dtype=torch.bfloat16)

    def product() -> None:
        left @ left
        torch.cuda.synchronize()

    return 2 * MATRIX**3 / _seconds(product)


def _streams() -> dict[str, tuple[float, str]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gallery.mp4"
        tiles = many_tiles(asset_path("clips/single_face.mp4").parent, FACES)
        compose(path, tiles, duration_s=60 * MINUTES, fps=FPS)
        return {f"gpu.x_realtime_{count}_streams": (_x_realtime(path, count), "x") for count in STREAMS}


def _x_realtime(path: Path, count: int) -> float:
    """Return the recorded seconds a second of ``count`` streams together; opening the networks does not count."""
    command = [sys.executable, "-m", "benchmarks.gpu", "--child", str(path)]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(count)]
    for child in children:
        _line(child.stdout)
    begun = time.perf_counter()
    for child in children:
        _tell(child.stdin)
    for child in children:
        child.wait()
    return round(count * 60 * MINUTES / (time.perf_counter() - begun), 1)


def _stream(path: Path) -> None:
    from inference.vision.pipeline import Pipeline

    pipeline = Pipeline(device="cuda")
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in pipeline.run(path):
        pass


def _line(stream: Any) -> str:
    return str(stream.readline())


def _tell(stream: Any) -> None:
    stream.write(b"go\n")
    stream.close()


def _seconds(work: Any) -> float:
    work()
    begun = time.perf_counter()
    for _ in range(REPEATS):
        work()
    return (time.perf_counter() - begun) / REPEATS


if __name__ == "__main__":
    main()
