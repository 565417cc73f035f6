"""A copy that every browser plays, for recordings that browsers do not: H.264, 8 bit, at most 720 lines, upright."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.audio.resampler import AudioResampler
from av.error import EOFError as EndOfMediaError
from av.error import FFmpegError
from av.filter import Graph

from inference.vision.media import MediaInfo, open_media, origin_s, probe, video_stream
from inference.vision.types import Hook, silent_hook

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

MAX_HEIGHT_PX = 720
CLOCK = Fraction(1, 90000)
AUDIO_RATE_HZ, AUDIO_BITS_PER_S = 44100, 96000
VIDEO_OPTIONS = {"preset": "veryfast", "crf": "24"}
# The player seeks to a clicked moment: a key frame every two seconds at 30 a second.
KEYFRAME_EVERY = 60
TURNS = {90: ("clock",), 180: ("clock", "clock"), 270: ("cclock",)}


def write_proxy(source: Path | str, target: Path | str, hook: Hook = silent_hook) -> None:
    """Write a browser-playable copy of ``source`` with its sound; an interrupted one leaves nothing behind.

    Raises:
        MediaError: ``source`` cannot be used.
    """
    source, target = Path(source), Path(target)
    partial = target.with_name(f"{target.name}.part")
    info = probe(source)
    try:
        with (
            open_media(source) as reader,
            av.open(str(partial), "w", format="mp4", options={"movflags": "+faststart"}) as writer,
        ):
            _transcode(reader, writer, info, hook)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _transcode(reader: InputContainer, writer: OutputContainer, info: MediaInfo, hook: Hook) -> None:
    source = video_stream(reader)
    source.thread_type = "AUTO"
    picture = _Picture(writer, source, info, origin_s(reader, source))
    sound = _Sound(writer, reader.streams.audio[0], origin_s(reader, source)) if info.has_audio else None
    streams = [source, *([sound.source] if sound else [])]
    for packet in reader.demux(streams):
        encoder = picture if packet.stream is source else sound
        for frame in _decoded(packet):
            if encoder:
                encoder.write(frame)
        hook("proxy", min(picture.written_s, info.duration_s), info.duration_s)
    picture.finish()
    if sound:
        sound.finish()


def _decoded(packet: Any) -> Iterator[Any]:
    try:
        yield from packet.decode()
    except EndOfMediaError:
        return
    except FFmpegError:
        return


class _Picture:
    """The video half: turned, scaled, 8 bit, times kept."""

    def __init__(self, writer: OutputContainer, source: VideoStream, info: MediaInfo, origin: float) -> None:
        self._writer, self._origin, self.written_s = writer, origin, -1.0
        self._stream = writer.add_stream("libx264", rate=30, options=dict(VIDEO_OPTIONS))
        self._stream.width, self._stream.height = proxy_size(info.width, info.height)
        self._stream.pix_fmt, self._stream.codec_context.time_base = "yuv420p", CLOCK
        self._stream.codec_context.gop_size = KEYFRAME_EVERY
        self._source, self._turns = source, TURNS.get(info.rotation_deg, ())
        self._graph: Graph | None = None

    def write(self, frame: VideoFrame) -> None:
        """Encode one picture, unless its time is missing or not later than the last one's."""
        if frame.time is None or frame.time - self._origin <= self.written_s:
            return
        self.written_s = max(frame.time - self._origin, 0.0)
        self._graph = self._graph or self._build(frame)
        self._graph.vpush(frame)
        ready = self._graph.vpull()
        ready.pts, ready.time_base = round(self.written_s / CLOCK), CLOCK
        self._writer.mux(self._stream.encode(ready))

    def finish(self) -> None:
        """Write what the encoder still holds."""
        self._writer.mux(self._stream.encode(None))

    def _build(self, frame: VideoFrame) -> Graph:
        graph = Graph()
        size = f"{self._stream.width}:{self._stream.height}"
        nodes = [
            graph.add_buffer(
                width=frame.width, height=frame.height, format=frame.format, time_base=self._source.time_base or CLOCK
            ),
            *(graph.add("transpose", turn) for turn in self._turns),
            graph.add("scale", size),
            graph.add("format", "yuv420p"),
            graph.add("buffersink"),
        ]
        graph.link_nodes(*nodes)
        graph.configure()
        return graph


class _Sound:
    """The audio half: AAC in stereo, starting where the picture starts."""

    def __init__(self, writer: OutputContainer, source: AudioStream, origin: float) -> None:
        self._writer, self.source, self._origin = writer, source, origin
        self._stream = writer.add_stream("aac", rate=AUDIO_RATE_HZ, layout="stereo")
        self._stream.bit_rate = AUDIO_BITS_PER_S
        self._resampler = AudioResampler("fltp", "stereo", AUDIO_RATE_HZ)
        self._next = 0

    def write(self, frame: Any) -> None:
        """Encode one block of samples; what precedes the first picture is left out."""
        if frame.time is None or frame.time < self._origin:
            return
        begins = round((frame.time - self._origin) * AUDIO_RATE_HZ)
        # A gap in the sound stays a gap; overlaps, which encoders refuse, are pushed together.
        self._next = max(self._next, begins)
        frame.pts = None
        self._encode(self._resampler.resample(frame))

    def finish(self) -> None:
        """Write what the resampler and the encoder still hold."""
        self._encode(self._resampler.resample(None))
        self._writer.mux(self._stream.encode(None))

    def _encode(self, blocks: list[Any]) -> None:
        for block in blocks:
            block.pts, block.time_base = self._next, Fraction(1, AUDIO_RATE_HZ)
            self._next += block.samples
            self._writer.mux(self._stream.encode(block))


def proxy_size(width: int, height: int) -> tuple[int, int]:
    """Return the copy's even width and height: at most 720 on the shorter side, never enlarged."""
    scale = min(1.0, MAX_HEIGHT_PX / min(width, height))
    return max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
