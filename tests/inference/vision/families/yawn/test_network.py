"""Where the yawn network looks, and what it is shown."""

from __future__ import annotations

import torch

from inference.vision.families.yawn.data import augment, plain
from inference.vision.families.yawn.network import Yawn


def faces(side_px: int = 48) -> torch.Tensor:
    return torch.rand(8, 1, side_px, side_px, generator=torch.Generator().manual_seed(3))


@torch.inference_mode()
def test_brightness_and_contrast_of_a_crop_change_nothing() -> None:
    torch.manual_seed(0)
    network = Yawn(widths=(4, 4)).eval()
    torch.testing.assert_close(network(faces() * 0.5 + 0.2), network(faces()), atol=2e-3, rtol=1e-3)


def test_the_hair_is_not_looked_at() -> None:
    torch.manual_seed(0)
    network, shown = Yawn(widths=(4, 4)).eval(), faces().requires_grad_()
    network.level = torch.nn.Identity()  # type: ignore[assignment]  # the crop's own level is taken of all of it
    network(shown).sum().backward()
    assert shown.grad is not None
    assert float(shown.grad[:, :, :12].abs().max()) == 0
    assert float(shown.grad[:, :, 36:].abs().max()) > 0


def test_augmented_faces_lose_their_margin_and_stay_in_range() -> None:
    changed = augment(faces(64), 48, torch.Generator().manual_seed(0))
    assert changed.shape == (8, 1, 48, 48)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1
    assert torch.equal(plain(faces(64), 48), faces(64)[:, :, 8:56, 8:56])
