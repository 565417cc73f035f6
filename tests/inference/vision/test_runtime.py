"""The engine: the same answers as PyTorch, batches that do not matter, a device that is chosen in one place."""

from __future__ import annotations

import socket

import numpy as np
import pytest
import torch

from inference.vision import runtime
from inference.vision.families.drsn.network import Drsn


@pytest.fixture(scope="module")
def network() -> Drsn:
    torch.manual_seed(0)
    return Drsn().eval()


def faces(count: int) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (count, 1, 48, 48)).astype(np.float32)


def test_the_engine_agrees_with_torch_in_float32(network: Drsn) -> None:
    engine = runtime.compile_model(runtime.export_module(network, input_shape=(1, 48, 48)), precision="f32")
    batch = faces(7)
    with torch.inference_mode():
        expected = network(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(engine(batch)[0], expected, atol=1e-3)


def test_bfloat16_stays_close_to_float32(network: Drsn) -> None:
    engine = runtime.load_module(network, input_shape=(1, 48, 48), device="cpu")
    with torch.inference_mode():
        expected = torch.softmax(network(torch.from_numpy(faces(8))), 1).numpy()
    found = np.exp(engine(faces(8))[0])
    np.testing.assert_allclose(found / found.sum(axis=1, keepdims=True), expected, atol=0.03)


def test_a_face_does_not_depend_on_how_many_came_with_it(network: Drsn) -> None:
    engine = runtime.load_module(network, input_shape=(1, 48, 48), device="cpu")
    batch = faces(70)
    (together,) = runtime.in_batches(engine, batch, size=32)
    (alone,) = runtime.in_batches(engine, batch[40:41], size=32)
    np.testing.assert_array_equal(together[40], alone[0])
    assert together.shape == (70, 6)


def test_export_and_compilation_use_no_network(network: Drsn, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    runtime.load_module(network, input_shape=(1, 48, 48), device="cpu")


def test_an_unknown_device_is_refused() -> None:
    assert runtime.choose_device("cpu") == "cpu"
    with pytest.raises(ValueError, match="auto, cpu or cuda"):
        runtime.choose_device("tpu")


def test_a_demanded_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert runtime.choose_device("auto") == "cpu"
    with pytest.raises(ValueError, match="none"):
        runtime.choose_device("cuda")


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_the_gpu_agrees_with_the_cpu(network: Drsn) -> None:
    with torch.inference_mode():
        expected = network(torch.from_numpy(faces(8))).numpy()
    found = runtime.load_module(Drsn(), input_shape=(1, 48, 48), device="cuda", precision="f32")
    assert found(faces(8))[0].shape == expected.shape
