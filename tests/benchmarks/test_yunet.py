"""YuNet's boxes: the vectorised decoding against a slow one."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.yunet import STRIDES, decode
from inference.vision.stages.detect import MIN_SCORE

WIDTH, HEIGHT = 96, 64


def test_decoding_agrees_with_the_slow_one() -> None:
    random = np.random.default_rng(1)
    cells = [WIDTH // stride * (HEIGHT // stride) for stride in STRIDES]
    faces = [random.random((1, count, 1), np.float32) for count in cells]
    good = [random.random((1, count, 1), np.float32) for count in cells]
    boxes = [random.normal(0, 0.5, (1, count, 4)).astype(np.float32) for count in cells]
    expected = []
    for level, stride in enumerate(STRIDES):
        for cell in range(cells[level]):
            score = math.sqrt(faces[level][0, cell, 0] * good[level][0, cell, 0])
            if score <= MIN_SCORE:
                continue
            x, y, wide, tall = (float(value) for value in boxes[level][0, cell])
            centre_x, centre_y = (cell % (WIDTH // stride) + x) * stride, (cell // (WIDTH // stride) + y) * stride
            half = stride * math.exp(wide) / 2, stride * math.exp(tall) / 2
            expected.append([centre_x - half[0], centre_y - half[1], centre_x + half[0], centre_y + half[1], score])
    found, scores = decode((*faces, *good, *boxes), WIDTH)
    assert len(found) == len(expected) > 20
    np.testing.assert_allclose(np.column_stack([found, scores]), expected, rtol=1e-4, atol=1e-3)
