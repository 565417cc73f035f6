"""The engine: the same answers as PyTorch, batches that do not matter, a device that is chosen in one place."""

from __future__ import annotations

import socket

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info, threadpool_limits  # type: ignore[import-untyped]

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


def test_the_last_batch_is_filled_up_to_a_step_and_no_further() -> None:
    sizes: list[int] = []

    def network(batch: runtime.Batch) -> tuple[np.ndarray, ...]:
        sizes.append(len(batch))
        return (batch[:, :1].astype(np.float32),)

    batch = np.arange(37, dtype=np.float32)[:, None]
    (found,) = runtime.in_batches(network, batch, size=16, step=4)
    np.testing.assert_array_equal(found, batch)
    assert sizes == [16, 16, 8]


def test_a_shorter_batch_gives_the_same_answers(network: Drsn) -> None:
    engine = runtime.load_module(network, input_shape=(1, 48, 48), device="cpu")
    np.testing.assert_allclose(engine(faces(16))[0][:4], engine(faces(4))[0], atol=0.02)


def test_a_network_leaves_half_of_the_cores_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, threads in ((1, 1), (2, 1), (3, 1), (16, 8)):
        monkeypatch.setattr("os.sched_getaffinity", lambda _, cores=cores: set(range(cores)))
        assert runtime.threads_per_network() == threads


def test_matrix_products_leave_no_threads_spinning() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        runtime.calm_blas()
        assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {1}


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
