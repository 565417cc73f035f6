"""Sampled, upright, exactly timestamped frames from a recording, decoded ahead in a thread, with flat memory."""

from __future__ import annotations

import math
import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
from av.error import EOFError as EndOfMediaError
from av.error import FFmpegError

from inference.vision.h264 import nal_length_bytes, spares_b_pictures
from inference.vision.media import open_media, origin_s, video_stream
from inference.vision.packets import KeyMarks, planned
from inference.vision.types import Frame, ImageArray
from inference.vision.wanted import TIME_SLACK_S, Sampling, Wanted

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

SEEK_MARGIN_S = 1.0
QUEUED_BYTES = 64 * 1024**2
MAX_ERRORS_IN_A_ROW = 1000
__all__ = ["DecodeWarnings", "FrameReader", "Sampling", "read_ahead", "upright_bgr"]
TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(slots=True)
class DecodeWarnings:
    """What went wrong on the way without stopping it."""

    corrupt_packets: int = 0


@dataclass(slots=True)
class FrameReader:
    """An iterator over the sampled frames of ``path`` from ``start_s`` on, decoded in the calling thread."""

    path: Path
    sampling: Sampling
    start_s: float = 0.0
    warnings: DecodeWarnings = field(default_factory=DecodeWarnings)

    def __iter__(self) -> Iterator[Frame]:
        with open_media(self.path) as container:
            stream = video_stream(container)
            stream.thread_type = "AUTO"
            origin = origin_s(container, stream)
            _seek(container, stream, self.start_s + origin)
            last_slot = self.sampling.slot(self.start_s - 2 * TIME_SLACK_S)
            wanted = Wanted(self.sampling, origin, _spares_b(self.path))
            for picture in _decode(container, stream, wanted, self.warnings):
                timestamp_s = picture.time - origin
                slot = self.sampling.slot(timestamp_s)
                is_due = slot > last_slot and timestamp_s + TIME_SLACK_S >= self.start_s
                if is_due and not wanted.is_early(timestamp_s):
                    last_slot = slot
                    yield Frame(_grid_index(self.sampling, slot), max(timestamp_s, 0.0), upright_bgr(picture))


def read_ahead(reader: FrameReader) -> Generator[Frame, None, None]:
    """Yield ``reader``'s frames while a thread decodes the next ones; at most ``QUEUED_BYTES`` wait."""
    pictures = _BoundedFrames()
    thread = threading.Thread(target=_fill, args=(reader, pictures), name="decode", daemon=True)
    thread.start()
    try:
        yield from pictures
    finally:
        pictures.stop()
        thread.join()


def upright_bgr(picture: VideoFrame) -> ImageArray:
    """Return the picture as (h, w, 3) in BGR, turned as its display matrix says."""
    image = cast("ImageArray", picture.to_ndarray(format="bgr24"))
    turn = TURNS.get(-picture.rotation % 360)
    return image if turn is None else cast("ImageArray", cv2.rotate(image, turn))


def _seek(container: InputContainer, stream: VideoStream, target_s: float) -> None:
    if target_s <= SEEK_MARGIN_S or stream.time_base is None:
        return
    try:
        container.seek(int((target_s - SEEK_MARGIN_S) / stream.time_base), stream=stream, backward=True)
    except FFmpegError:
        container.seek(stream.start_time or 0, stream=stream, backward=True)


def _decode(
    container: InputContainer, stream: VideoStream, wanted: Wanted, warnings: DecodeWarnings
) -> Iterator[VideoFrame]:
    """Decode all that the wanted pictures need, and little else."""
    codec = stream.codec_context
    errors, keys = 0, KeyMarks(nal_length_bytes(codec.extradata) if codec.name == "h264" else None)
    for packet, skip in planned(_packets(container, stream), wanted, keys):
        keys.expect(packet)
        codec.skip_frame = skip
        try:
            pictures = packet.decode()
        except EndOfMediaError:
            return
        except FFmpegError:
            warnings.corrupt_packets += 1
            errors += 1
            if errors > MAX_ERRORS_IN_A_ROW:
                return
            continue
        errors = 0
        for picture in pictures:
            keys.check(picture)
            if picture.pts is not None:
                yield picture


def _spares_b(path: Path) -> bool:
    """Look at the first packet, which alone has the encoder's note."""
    with open_media(path) as container:
        stream = video_stream(container)
        first = next(_packets(container, stream), None) if stream.codec_context.name == "h264" else None
        return first is not None and spares_b_pictures(first)


def _packets(container: InputContainer, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
    packets = container.demux(stream)
    while (packet := _next_packet(packets)) is not None:
        yield packet


def _next_packet(packets: Iterator[Packet[VideoStream]]) -> Packet[VideoStream] | None:
    try:
        return next(packets, None)
    except FFmpegError:
        return None


def _grid_index(sampling: Sampling, slot: tuple[int, int]) -> int:
    return slot[0] * math.ceil(sampling.part_s * sampling.fps) + slot[1]


class _BoundedFrames:
    """A queue between two threads, bounded by bytes, that hands an error over to its reader."""

    def __init__(self) -> None:
        self._queue: queue.Queue[Frame | BaseException | None] = queue.Queue()
        self._room = threading.Condition()
        self._bytes = 0
        self._stopped = False

    def put(self, frame: Frame) -> bool:
        """Wait for room, then add ``frame``; False when the reader has gone."""
        with self._room:
            self._room.wait_for(lambda: self._stopped or self._bytes < QUEUED_BYTES)
            self._bytes += frame.image_bgr.nbytes
        self._queue.put(frame)
        return not self._stopped

    def close(self, error: BaseException | None = None) -> None:
        """End the iteration, with ``error`` when there is one."""
        self._queue.put(error)

    def stop(self) -> None:
        """Let the writer go: nobody reads on."""
        with self._room:
            self._stopped = True
            self._room.notify_all()

    def __iter__(self) -> Iterator[Frame]:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            with self._room:
                self._bytes -= item.image_bgr.nbytes
                self._room.notify_all()
            yield item


def _fill(reader: FrameReader, pictures: _BoundedFrames) -> None:
    try:
        for frame in reader:
            if not pictures.put(frame):
                break
        pictures.close()
    except BaseException as error:  # noqa: BLE001 - handed to the thread that reads
        pictures.close(error)
