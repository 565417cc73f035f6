"""Measures from how many samples a second on head shakes and nods are seen, on made-up heads with a real one's noise.

    python -m benchmarks.shakes

A head mostly looks at one place, drifts, looks aside six times a minute, and shakes three times a minute: 1 to 2.5
swings to and fro a second, to 8 to 20 degrees, two to four times. These figures are assumed, not measured on people.
The noise of the pose is that between neighbouring frames of the clip of one face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.poses.figures import Figures
from benchmarks.record import record
from inference.vision.concentration import Values
from inference.vision.shakes import shakes
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import head_poses
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.shakes"
RATES_FPS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 25)
HEADS, MINUTES, FINE_FPS = 20, 10, 200
LOOKS_A_MINUTE, SHAKES_A_MINUTE = 6, 3
HERTZ, SWING_DEG, TIMES = (1.0, 2.5), (8.0, 20.0), (2, 5)
# A detected start this near to a true one counts as that shake.
NEAR_S = 2.0


@dataclass(frozen=True, slots=True)
class Head:
    """An angle (n,) at ``FINE_FPS`` without noise, and when it begins to shake (k,)."""

    angle_deg: Values
    shakes_s: Values


def main() -> None:
    """Measure, print and record."""
    noise_deg = noise_of_clip()
    heads = [head_of(np.random.default_rng(seed)) for seed in range(HEADS)]
    figures: Figures = {"noise_deg": (round(noise_deg, 2), "deg")}
    for fps in RATES_FPS:
        found, false_a_minute = seen_at(fps, heads, noise_deg)
        figures[f"{fps}fps.found"] = (round(found, 3), "share")
        figures[f"{fps}fps.false_a_minute"] = (round(false_a_minute, 3), "")
    figures = {f"head.shakes.{key}": figure for key, figure in figures.items()}
    for key, (value, unit) in figures.items():
        print(f"{key:36} {value:>8} {unit}")
    record(figures, command=COMMAND)


def noise_of_clip() -> float:
    """Return the deviation of the yaw in degrees that a smooth motion does not explain, from second differences."""
    detect, mesher = (
        FaceDetector(asset_path("weights/centerface.onnx")),
        FaceMesher(asset_path("weights/face_landmark.tflite")),
    )
    frames = FrameReader(asset_path("clips/WolfgangLanger_Pexels.mp4"), Sampling(25.0, 60.0))
    faces = [(frame.image_bgr, detect(frame.image_bgr)[0]) for _, frame in zip(range(120), frames, strict=False)]
    meshes = mesher([(image, face.bbox_xyxy, face.landmarks) for image, face in faces])
    yaw_deg = np.array([pose.yaw_deg for pose in head_poses(np.array([mesh.points for mesh in meshes]))])
    # The second difference of white noise has a variance of six times its own.
    return float(1.4826 * np.median(np.abs(np.diff(yaw_deg, n=2))) / np.sqrt(6))


def head_of(random: np.random.Generator) -> Head:
    """Return some minutes of a head that drifts, looks aside and shakes."""
    n = MINUTES * 60 * FINE_FPS
    time_s = np.arange(n) / FINE_FPS
    angle = 3 * np.sin(2 * np.pi * time_s / random.uniform(20, 60))
    for start_s in np.arange(LOOKS_A_MINUTE * MINUTES - 1) * 60 / LOOKS_A_MINUTE + random.uniform(0, 2):
        held_s, move_s = random.uniform(0.5, 5), random.uniform(0.3, 0.8)
        inside = np.clip(np.minimum(time_s - start_s, start_s + held_s + 2 * move_s - time_s) / move_s, 0, 1)
        angle += random.uniform(15, 45) * random.choice([-1, 1]) * (3 * inside**2 - 2 * inside**3)
    starts = np.linspace(5, MINUTES * 60 - 10, SHAKES_A_MINUTE * MINUTES) + random.uniform(
        -3, 3, SHAKES_A_MINUTE * MINUTES
    )
    for start_s in starts:
        hertz, times = random.uniform(*HERTZ), random.integers(*TIMES)
        is_on = (time_s >= start_s) & (time_s < start_s + times / hertz)
        angle += is_on * random.uniform(*SWING_DEG) * np.sin(2 * np.pi * hertz * (time_s - start_s))
    return Head(angle, starts)


def seen_at(fps: float, heads: list[Head], noise_deg: float) -> tuple[float, float]:
    """Return the share of shakes that are found at ``fps`` samples a second, and the false ones a minute."""
    found, false, total = 0, 0, 0
    for seed, head in enumerate(heads):
        time_s = np.arange(0, MINUTES * 60, 1 / fps)
        sampled = head.angle_deg[np.minimum((time_s * FINE_FPS).astype(int), len(head.angle_deg) - 1)]
        seen_s = shakes(time_s, sampled + np.random.default_rng(seed).normal(0, noise_deg, len(sampled)), least_fps=fps)
        apart_s = np.abs(seen_s[:, None] - head.shakes_s)
        found += int((apart_s.min(axis=0, initial=np.inf) <= NEAR_S).sum())
        false += int((apart_s.min(axis=1, initial=np.inf) > NEAR_S).sum())
        total += len(head.shakes_s)
    return found / total, false / (MINUTES * len(heads))


if __name__ == "__main__":
    main()
