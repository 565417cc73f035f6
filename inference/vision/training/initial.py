"""Weights to start from: ``train FAMILY --init FILE``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from inference.vision.training.classification import family_part

State = dict[str, Tensor]
BROKEN = (EOFError, RuntimeError, UnpicklingError, SafetensorError)


def load_initial(networks: Sequence[nn.Module], path: Path, *, family: str) -> list[str]:
    """Copy what fits of the state dict in ``path`` into ``networks``; return the names that keep their own weights.

    A family with a ``convert.py`` translates a standard state dict first. The head may differ, most else must fit.

    Raises:
        ValueError: the file is no state dict, or fewer than half of the network's weights are in it.
    """
    state = read_state(path)
    if find_spec(f"inference.vision.families.{family}.convert"):
        state = family_part(family, "convert").convert(state, networks[0])
    own = networks[0].state_dict()
    fitting = {name: value.to(own[name].dtype) for name, value in state.items() if _fits(own.get(name), value)}
    missing = [name for name in own if name not in fitting]
    if len(missing) > len(own) / 2:
        raise ValueError(
            f"{path} does not fit {family}: {len(missing)} of {len(own)} weights are not in it or have another shape, "
            f"such as {', '.join(missing[:3])}. Give a state dict of the same network."
        )
    for network in networks:
        network.load_state_dict(own | fitting)
    return missing


def read_state(path: Path) -> State:
    """Return the state dict in a .safetensors, .pt or .pth file.

    Raises:
        ValueError: it holds something else, or is broken.
    """
    try:
        state = _content(path)
    except BROKEN as error:
        raise ValueError(f"{path} cannot be read as .safetensors, .pt or .pth: download or save it anew.") from error
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise ValueError(f"{path} holds no state dict (names to tensors): save network.state_dict() into it.")
    return state


def _content(path: Path) -> Any:
    return load_file(path) if path.suffix == ".safetensors" else torch.load(path, map_location="cpu", weights_only=True)


def _fits(own: Tensor | None, value: Tensor) -> bool:
    return own is not None and own.shape == value.shape
