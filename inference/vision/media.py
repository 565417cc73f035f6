"""What a media file is, found out before anything else reads it, and in a sandbox when a stranger sent it."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.error import FFmpegError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

CHECKOUT_DIR = Path(__file__).resolve().parents[2]
# A playlist or concat script can name other files and hosts: only plain containers are opened, only from disk.
OPEN_OPTIONS = {
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg",
    "protocol_whitelist": "file",
}
SANDBOX_MEMORY_BYTES = 2 * 1024**3
SANDBOX_OUTPUT_BYTES = 1024**2
RATE_PROBE_PACKETS = 300
DECODE_ATTEMPTS = 200

REASONS: dict[str, tuple[str, str]] = {
    "empty": ("The file is empty.", "Export or download the recording again, then upload it."),
    "not_a_video": ("This is not a video file.", "Upload an MP4, MOV, MKV, WebM, AVI or MPEG recording."),
    "truncated": (
        "The recording was cut off before its end was written.",
        "Let the export or download finish, then upload the complete file.",
    ),
    "audio_only": ("The file has sound but no picture.", "Upload the video recording of the same lecture."),
    "zero_length": ("The video has no pictures.", "Export the recording again and check that it plays."),
    "too_long": ("The recording is too long.", "Split it and upload the pieces as separate lectures."),
    "too_small": ("The picture is too small to find faces in.", "Export the recording at 320 x 180 pixels or more."),
    "unreadable": ("The video cannot be read.", "Check that it plays, or convert it to MP4 (H.264), then upload it."),
}


class MediaError(Exception):
    """A file that cannot be used. ``code`` is a key of ``REASONS``; ``remedy`` says what to do about it."""

    def __init__(self, code: str, message: str = "", remedy: str = "") -> None:
        self.code = code
        self.message = message or REASONS[code][0]
        self.remedy = remedy or REASONS[code][1]
        super().__init__(f"{self.message} {self.remedy}")


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What is accepted: the longest duration and the smallest picture side."""

    max_duration_s: float = 12 * 3600.0
    min_side_px: int = 96


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """The facts of one recording.

    ``width`` and ``height`` are of the upright picture; ``rotation_deg`` (0, 90, 180, 270) is how far the stored
    picture is turned clockwise to get it. ``duration_s`` is what can be read, which is less than what the container
    claims when ``is_cut_short``. ``container`` is mp4, mov, webm, mkv or FFmpeg's name of another format.
    """

    duration_s: float
    width: int
    height: int
    codec: str
    pixel_format: str
    bit_depth: int
    fps: float
    rotation_deg: int
    has_audio: bool
    is_variable_frame_rate: bool
    container: str
    audio_codec: str = ""
    is_cut_short: bool = False


def open_media(path: Path) -> InputContainer:
    """Open ``path`` for reading, with formats and protocols that cannot lead elsewhere.

    Raises:
        MediaError: the file is empty, cut off or no video.
    """
    if not path.stat().st_size:
        raise MediaError("empty")
    try:
        return av.open(f"file:{path.resolve()}", options=dict(OPEN_OPTIONS), metadata_errors="replace")
    except (FFmpegError, ValueError, UnicodeError) as error:
        raise MediaError("truncated" if _starts_like_a_video(path) else "not_a_video") from error


def probe(path: Path | str, *, limits: MediaLimits | None = None) -> MediaInfo:
    """Return the facts of the recording at ``path``; decodes one picture to be sure that there is one.

    Raises:
        MediaError: the file cannot be used, with the reason and the remedy.
    """
    path, limits = Path(path), limits or MediaLimits()
    try:
        with open_media(path) as container:
            info = _info(path, container, video_stream(container))
    except FFmpegError as error:
        raise MediaError("unreadable") from error
    if info.duration_s > limits.max_duration_s:
        raise MediaError("too_long")
    if min(info.width, info.height) < limits.min_side_px:
        raise MediaError("too_small")
    return info


def probe_in_sandbox(path: Path | str, timeout_s: float = 30.0) -> MediaInfo:
    """Return ``probe(path)`` as found by a child process with limits, so that a hostile file cannot hurt this one.

    Raises:
        MediaError: as ``probe``; ``unreadable`` when the child was killed or said nothing.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", "inference.vision.media", str(Path(path).resolve()), str(int(timeout_s))],
            capture_output=True, timeout=timeout_s, cwd=CHECKOUT_DIR, env={"LANG": "C.UTF-8"}, check=False,
        )  # fmt: skip
        answer = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise MediaError("unreadable") from error
    if "error" in answer:
        raise MediaError(**answer["error"])
    return MediaInfo(**answer["info"])


def is_browser_playable(info: MediaInfo) -> bool:
    """Say whether today's browsers play the file as it is: 8-bit 4:2:0 H.264 in MP4, or VP8 and VP9 in WebM."""
    if info.pixel_format not in {"yuv420p", "yuvj420p"}:
        return False
    if info.container == "mp4":
        return info.codec == "h264" and info.audio_codec in {"", "aac", "mp3"}
    return info.container == "webm" and info.codec in {"vp8", "vp9"}


def video_stream(container: InputContainer) -> VideoStream:
    """Return the main video stream, never a cover picture.

    Raises:
        MediaError: there is none.
    """
    streams = [stream for stream in container.streams.video if not _is_cover(stream)]
    if not streams:
        raise MediaError("audio_only" if container.streams.audio else "not_a_video")
    return max(streams, key=lambda stream: stream.width * stream.height)


def origin_s(container: InputContainer, stream: VideoStream) -> float:
    """Return the presentation time of the recording's start, which is zero on its own clock."""
    if stream.start_time is not None and stream.time_base is not None:
        return float(stream.start_time * stream.time_base)
    return (container.start_time or 0) / av.time_base


def _info(path: Path, container: InputContainer, stream: VideoStream) -> MediaInfo:
    frame = _first_frame(container, stream)
    rotation_deg = -frame.rotation % 360
    width, height = (frame.height, frame.width) if rotation_deg in {90, 270} else (frame.width, frame.height)
    audio = container.streams.audio
    info = MediaInfo(
        duration_s=0.0,
        width=width,
        height=height,
        codec=stream.codec_context.name,
        pixel_format=frame.format.name,
        bit_depth=max(component.bits for component in frame.format.components),
        fps=float(stream.average_rate or stream.guessed_rate or 0),
        rotation_deg=rotation_deg,
        has_audio=bool(audio),
        is_variable_frame_rate=_is_variable(container, stream),
        container=_container_name(path, container),
        audio_codec=audio[0].codec_context.name.removesuffix("float") if audio else "",
    )
    return _with_duration(info, container, stream)


def _first_frame(container: InputContainer, stream: VideoStream) -> Any:
    stream.codec_context.thread_count = 1
    attempts = 0
    for packet in container.demux(stream):
        attempts += packet.size > 0
        try:
            for frame in packet.decode():
                return frame
        except FFmpegError:
            pass
        if attempts >= DECODE_ATTEMPTS:
            break
    raise MediaError("unreadable" if attempts else "zero_length")


def _is_variable(container: InputContainer, stream: VideoStream) -> bool:
    container.seek(stream.start_time or 0, stream=stream)
    packets = islice(container.demux(stream), RATE_PROBE_PACKETS)
    times = sorted({packet.pts for packet in packets if packet.pts is not None})
    # The newest packet may wait for a B-frame that the window cut off, so the last gaps are left out.
    gaps = [after - before for before, after in pairwise(times[:-3])]
    slack = 2 + (max(gaps) if gaps else 0) * 0.1
    return bool(gaps) and max(gaps) - min(gaps) > slack


def _with_duration(info: MediaInfo, container: InputContainer, stream: VideoStream) -> MediaInfo:
    claimed_s = _claimed_duration_s(container, stream)
    readable_s = _readable_duration_s(container, stream, claimed_s)
    is_cut_short = claimed_s > 0 and readable_s < claimed_s - max(2.0, 0.02 * claimed_s)
    duration_s = readable_s if is_cut_short or not claimed_s else claimed_s
    if duration_s <= 0:
        raise MediaError("zero_length")
    return replace(info, duration_s=duration_s, is_cut_short=is_cut_short)


def _claimed_duration_s(container: InputContainer, stream: VideoStream) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return (container.duration or 0) / av.time_base


def _readable_duration_s(container: InputContainer, stream: VideoStream, claimed_s: float) -> float:
    """Return where the last packet that is really there ends: looked for near the end, else from the start."""
    for near_s in (claimed_s, claimed_s / 2, 0.0):
        last_s = _last_packet_end_s(container, stream, near_s)
        if last_s > 0:
            return last_s
    return 0.0


def _last_packet_end_s(container: InputContainer, stream: VideoStream, near_s: float) -> float:
    unit, last = stream.time_base or Fraction(1, av.time_base), 0
    start = stream.start_time or 0
    try:
        container.seek(start + int(near_s / unit), stream=stream)
        for packet in container.demux(stream):
            if packet.pts is not None and packet.size:
                last = max(last, packet.pts - start + (packet.duration or 1))
    except FFmpegError:
        pass
    return float(last * unit)


def _container_name(path: Path, container: InputContainer) -> str:
    names = container.format.name
    if "mp4" in names:
        return "mov" if container.metadata.get("major_brand", "").strip() == "qt" else "mp4"
    if "matroska" in names:
        return "webm" if b"webm" in _head(path) else "mkv"
    return names


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & stream.disposition.__class__.attached_pic)


def _starts_like_a_video(path: Path) -> bool:
    head = _head(path)
    return head[4:8] in {b"ftyp", b"moov", b"mdat", b"wide", b"free"} or head[:4] == b"\x1aE\xdf\xa3"


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(64)


def _limit_self(cpu_s: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (SANDBOX_MEMORY_BYTES, SANDBOX_MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (SANDBOX_OUTPUT_BYTES, SANDBOX_OUTPUT_BYTES))


def _main(path: str, cpu_s: str) -> None:
    _limit_self(int(cpu_s))
    av.logging.set_level(av.logging.PANIC)
    try:
        answer = {"info": asdict(probe(path))}
    except MediaError as error:
        answer = {"error": {"code": error.code, "message": error.message, "remedy": error.remedy}}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "30")
