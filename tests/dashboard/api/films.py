"""Files as people upload them by mistake, made with the same library that reads them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

RATE = 44_100


def film(path: Path, *, seconds: float = 2.0, fps: int = 10, size: tuple[int, int] = (320, 240)) -> bytes:
    """A grey film with its index (moov) at the end, as cameras write it."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * fps)):
            picture = np.full((size[1], size[0], 3), 40 + number % 100, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path.read_bytes()


def sound(path: Path) -> bytes:
    """Two seconds of silence without a picture."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=RATE)
        silence = np.zeros((1, 2 * RATE), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()


def without_index(path: Path) -> bytes:
    """A film whose export was stopped: the index at its end is missing."""
    return film(path, size=(640, 480))[:-2000]


def without_pictures(path: Path) -> bytes:
    """A film with a video track that holds nothing."""
    with av.open(str(path), "w", options={"movflags": "frag_keyframe+empty_moov"}) as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        container.start_encoding()
    return path.read_bytes()
