"""Weights to start from: what fits is taken, what does not is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from inference.vision.families.eye_state.network import EyeState
from inference.vision.training.initial import load_initial, read_state


def test_all_weights_but_another_head_are_taken(tmp_path: Path) -> None:
    torch.manual_seed(0)
    known, fresh = EyeState(num_classes=5), EyeState(num_classes=2)
    save_file(known.state_dict(), tmp_path / "w.safetensors")
    left = load_initial([fresh], tmp_path / "w.safetensors", family="eye_state")
    names = set(fresh.state_dict()) - set(left)
    assert left
    assert all(fresh.state_dict()[name].shape[0] == 2 for name in left)
    assert all(torch.equal(fresh.state_dict()[name], known.state_dict()[name]) for name in names)


def test_weights_of_another_network_are_refused_by_name(tmp_path: Path) -> None:
    torch.save({"other.weight": torch.zeros(3)}, tmp_path / "w.pt")
    with pytest.raises(ValueError, match=r"does not fit eye_state: \d+ of \d+ weights"):
        load_initial([EyeState(num_classes=2)], tmp_path / "w.pt", family="eye_state")


def test_a_file_that_is_no_state_dict_is_refused(tmp_path: Path) -> None:
    torch.save([torch.zeros(3)], tmp_path / "w.pt")
    with pytest.raises(ValueError, match="holds no state dict"):
        read_state(tmp_path / "w.pt")


@pytest.mark.parametrize("name", ["w.pt", "w.safetensors"])
@pytest.mark.parametrize("content", [b"", b"no weights at all"])
def test_a_broken_file_is_refused_with_its_name(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name} cannot be read"):
        read_state(tmp_path / name)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"w\.safetensors"):
        read_state(tmp_path / "w.safetensors")
