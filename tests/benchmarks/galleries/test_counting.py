"""Recall and false faces: each face counts once, in its size and kind."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.galleries.counting import LARGE, SMALL, Count, group_of
from benchmarks.galleries.pairing import pairs_of
from benchmarks.galleries.truth import Face, GalleryFrame


def face(left: float, height: float, kind: str = "plain") -> Face:
    box = np.array([left, 10, left + 0.75 * height, 10 + height], np.float32)
    return Face(box, "someone", 0, kind)


def frame(*faces: Face) -> GalleryFrame:
    return GalleryFrame(np.zeros((9, 9, 3), np.uint8), faces)


def counted(shown: GalleryFrame, boxes: object) -> Count:
    count = Count()
    count.add(shown, np.array(boxes, np.float32).reshape(-1, 4))
    return count


def test_sizes_are_heights_and_the_smallest_are_no_target() -> None:
    heights = (19.9, 20.0, 39.9, 40.0)
    assert [group_of(face(0, height)) for height in heights] == [None, *[(SMALL, "plain")] * 2, (LARGE, "plain")]


def test_recall_is_by_size_and_kind() -> None:
    shown = frame(face(0, 50), face(100, 50, "aside"), face(200, 30), face(300, 30))
    count = counted(shown, [shown.faces[0].bbox_xyxy + 2, shown.faces[2].bbox_xyxy])
    assert (count.recall(LARGE), count.recall(SMALL), count.false_per_frame) == (0.5, 0.5, 0)
    assert (count.recall(LARGE, "plain"), count.recall(LARGE, "aside")) == (1.0, 0.0)
    assert math.isnan(count.recall(SMALL, "aside"))


def test_a_box_on_nothing_and_a_second_one_on_a_face_are_false() -> None:
    shown = frame(face(0, 50))
    box = shown.faces[0].bbox_xyxy
    assert counted(shown, [box, box + 4, [500, 500, 550, 560]]).false == 2


def test_a_box_on_a_tiny_face_is_neither_found_nor_false() -> None:
    shown = frame(face(0, 15))
    count = counted(shown, [shown.faces[0].bbox_xyxy])
    assert (count.false, count.there.total()) == (0, 0)


def test_no_faces_and_no_boxes_can_be_counted() -> None:
    assert counted(frame(), []).false == 0
    assert counted(frame(face(0, 50)), []).recall(LARGE) == 0
    assert counted(frame(), [[0, 0, 9, 9]]).false_per_frame == 1


def test_pairs_have_the_greatest_sum_and_leave_out_what_hardly_overlaps() -> None:
    overlap = np.array([[0.8, 0.7, 0.0], [0.75, 0.1, 0.0], [0.0, 0.0, 0.39]], np.float32)
    assert pairs_of(overlap).tolist() == [[0, 1], [1, 0]]
