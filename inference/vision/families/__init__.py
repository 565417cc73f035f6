"""The published architectures: one explicit table, name -> class, imported on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from inference.vision.weights import WeightCard, WeightsError, card_path, load_card, verify

if TYPE_CHECKING:
    import torch

NETWORKS = {
    "drsn": "inference.vision.families.drsn.network.Drsn",
    "eca_resnet": "inference.vision.families.eca_resnet.network.EcaResnet",
    "facenet": "inference.vision.families.facenet.network.FaceNet",
    "cnn_lstm": "inference.vision.families.cnn_lstm.network.CnnLstm",
    "ds_efficientnet": "inference.vision.families.ds_efficientnet.network.DsEfficientNet",
    "eye_state": "inference.vision.families.eye_state.network.EyeState",
    "yawn": "inference.vision.families.yawn.network.Yawn",
}


def network_class(name: str) -> Any:
    """Return the network class of family ``name``.

    Raises:
        WeightsError: no such family.
    """
    if name not in NETWORKS:
        raise WeightsError(f"No family is called {name!r}; there are: {', '.join(sorted(NETWORKS))}.")
    module_name, _, class_name = NETWORKS[name].rpartition(".")
    return getattr(import_module(module_name), class_name)


def load_network(name: str) -> tuple[torch.nn.Module, WeightCard]:
    """Return the shipped network of family ``name`` in float32 and evaluation mode, with its card.

    Raises:
        WeightsError: unknown family, missing card, missing weights, or weights that are not the card's.
    """
    build = network_class(name)
    card = verify(load_card(card_path(name)))
    return build_network(build, card), card


def build_network(build: Any, card: WeightCard) -> torch.nn.Module:
    """Return ``build``'s network as ``card`` describes it, with the card's weights in float32."""
    from safetensors.torch import load_file

    network: torch.nn.Module = build(num_classes=len(card.labels), **card.network)
    network.load_state_dict(load_file(card.path))
    return network.float().eval()
