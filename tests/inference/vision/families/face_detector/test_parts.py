"""The face detector's parts: cells to boxes and back, what the loss asks for, crops that keep their marks."""

from __future__ import annotations

import numpy as np
import torch

from inference.vision.families.face_detector.data import crop, relit, targets
from inference.vision.families.face_detector.decode import decode
from inference.vision.families.face_detector.loss import DetectionLoss, focal, generalised_overlap, geometry
from inference.vision.families.face_detector.network import FaceDetectorNetwork
from inference.vision.types import FloatArray

CELLS = 16
BOX = np.array([[30, 40, 62, 84]], np.float32)
POINTS = np.array([[[38, 55], [54, 55], [46, 64], [40, 74], [52, 74]]], np.float32)


def perfect(box: FloatArray, points: FloatArray) -> torch.Tensor:
    """Return cells (1, 15, 16, 16) that say exactly this face wherever the loss asks."""
    heat, _, weight, faces = targets(box, points, CELLS)
    cells = torch.zeros(1, 15, CELLS, CELLS)
    cells[0, 0] = torch.where(torch.from_numpy(heat) == 1, 20.0, -20.0)
    rows, columns = np.nonzero(weight)
    grid = (np.stack([columns, rows], axis=1) + 0.5) * 8
    corners, marks = faces[:4, rows, columns].T, faces[4:, rows, columns].T.reshape(-1, 5, 2)
    centre, size = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
    values = [(centre - grid) / 8, np.log(size / 8), ((marks - centre[:, None]) / size[:, None]).reshape(-1, 10)]
    cells[0, 1:, rows, columns] = torch.from_numpy(np.concatenate(values, axis=1).T).float()
    return cells


def test_a_cell_is_read_as_it_was_meant() -> None:
    boxes, points, scores = decode(perfect(BOX, POINTS)[0].numpy(), min_score=0.5)
    np.testing.assert_allclose(boxes, BOX, atol=1e-3)
    np.testing.assert_allclose(points, POINTS, atol=1e-3)
    assert scores[0] > 0.99


def test_decoding_and_the_loss_see_the_same_boxes() -> None:
    cells = torch.randn(1, 15, 4, 6, generator=torch.Generator().manual_seed(0)) * 0.3
    boxes, points, _ = geometry(cells)
    found = decode(cells[0].numpy(), min_score=1e-6)
    np.testing.assert_allclose(found[0], boxes[0].reshape(-1, 4).numpy(), rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found[1], points[0].reshape(-1, 5, 2).numpy(), rtol=1e-4, atol=1e-3)


def test_perfect_cells_cost_nothing_and_a_moved_box_does() -> None:
    maps = [torch.from_numpy(each)[None] for each in targets(BOX, POINTS, CELLS)]
    cells = perfect(BOX, POINTS)
    assert float(DetectionLoss()(cells, *maps)) < 1e-3
    cells[:, 1] += 0.5
    assert float(DetectionLoss()(cells, *maps)) > 0.1


def test_a_face_cut_off_by_the_edge_is_neither_right_nor_wrong() -> None:
    cut = np.array([[-20, 40, 12, 84]], np.float32)
    heat, counted, weight, _ = targets(cut, POINTS, CELLS)
    assert heat.max() == 0 and weight.sum() == 0
    assert counted[7, 0] == 0 and counted[7, 4] == 1


def test_a_face_outside_the_picture_hides_no_cell() -> None:
    far = np.array([[-90, -90, -40, -30], [400, 20, 440, 70]], np.float32)
    _, counted, _, _ = targets(far, np.repeat(POINTS, 2, axis=0), CELLS)
    assert counted.min() == 1


def test_every_face_has_the_same_weight() -> None:
    large = np.array([[40, 20, 120, 124]], np.float32)
    for box in (BOX, large):
        assert abs(targets(box, POINTS, CELLS)[2].sum() - 1) < 1e-5


def test_a_sure_mistake_costs_more_than_a_doubt() -> None:
    logits, heat = torch.tensor([4.0, 0.0, -4.0]), torch.zeros(3)
    sure, doubt, right = focal(logits, heat).tolist()
    assert sure > 10 * doubt > 100 * right


def test_the_generalised_overlap_is_one_of_the_same_box_and_negative_far_away() -> None:
    box = torch.tensor([[0.0, 0.0, 10.0, 20.0]])
    assert float(generalised_overlap(box, box)) == 1
    assert float(generalised_overlap(box, box + 100)) < -0.5


def test_a_crop_carries_boxes_and_points_along() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    image[60:100, 120:150] = 255
    face = (
        np.array([[120, 60, 150, 100]], np.float32),
        np.array([[[120, 60], [150, 60], [135, 80], [120, 100], [150, 100]]]),
    )
    for seed in range(12):
        picture, (boxes, points) = crop(image, (face[0], face[1].astype(np.float32)), 128, np.random.default_rng(seed))
        left, top, right, bottom = np.round(boxes[0]).astype(int)
        inside = picture[max(top + 2, 0) : max(bottom - 2, 0), max(left + 2, 0) : max(right - 2, 0)]
        assert picture.shape == (128, 128, 3)
        assert inside.size == 0 or inside.min() > 200
        np.testing.assert_allclose(points[0, 0], boxes[0, :2], atol=1e-3)  # mirrored or not, the left eye is left


def test_the_same_seed_gives_the_same_light() -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 32, 3)).astype(np.uint8)
    first, second = (relit(image, np.random.default_rng(4)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@torch.inference_mode()
def test_frames_of_any_size_give_a_cell_for_each_eight_pixels() -> None:
    network = FaceDetectorNetwork(widths=(4, 4, 8, 8), depths=(1, 1)).eval()
    cells = network(torch.zeros(1, 3, 48, 80))
    assert cells.shape == (1, 15, 6, 10)
    assert float(cells[:, 0].sigmoid().max()) < 0.05
