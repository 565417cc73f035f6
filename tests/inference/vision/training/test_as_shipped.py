"""The shipped network is tested on faces and classes as its card says, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.vision.families import NETWORKS
from inference.vision.training import as_shipped
from inference.vision.training.as_shipped import fitting, in_order, is_shown, recipe_of
from inference.vision.training.job import Job
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.weights import card_path, load_card
from tests.inference.vision.training.test_data_checks import samples

SHIPPED = sorted(name for name in NETWORKS if card_path(name).is_file())


def job_of(family: str, profile: str, faces: Samples) -> Job:
    return Job(load_recipe(family, profile), faces, Path(), Path(), Path(), "cpu")


@pytest.mark.parametrize("family", SHIPPED)
def test_every_card_has_a_recipe_that_shows_its_faces(family: str) -> None:
    card = load_card(card_path(family))
    assert is_shown(recipe_of(card), card)


def test_a_network_widened_after_training_is_shown_the_faces_of_its_card() -> None:
    card = replace(load_card(card_path("drsn")), input_size=(96, 96))
    assert recipe_of(card).input.size_px == 96
    assert "small" not in fitting(card)


def test_a_card_that_no_profile_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="publish the network anew"):
        recipe_of(replace(load_card(card_path("drsn")), input_size=(33, 33)))


def test_a_profile_of_other_faces_is_refused_with_those_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    card = load_card(card_path("drsn"))
    monkeypatch.setattr(as_shipped, "load_card", lambda path: replace(card, input_size=(96, 96)))
    with pytest.raises(ValueError, match=r"than profile small shows \(48 px\): choose default"):
        as_shipped.as_shipped(job_of("drsn", "small", samples()))


def test_classes_of_a_folder_get_the_order_of_the_card() -> None:
    card = load_card(card_path("eye_state"))
    faces = samples(names=tuple(reversed(card.labels)), truth=np.array([0, 1, 0, 1, -1, 1]))
    turned = as_shipped.as_shipped(job_of("eye_state", "default", faces)).samples
    assert turned.names == card.labels
    assert turned.truth.tolist() == [1, 0, 1, 0, -1, 0]
    assert turned.labels.tolist() == faces.labels[:, ::-1].tolist()


def test_every_picture_keeps_its_class_by_name() -> None:
    names, order = ("a", "b", "c"), ("c", "a", "b")
    faces = samples(names=names, truth=np.arange(6) % 3, labels=np.eye(3, dtype=np.float32)[np.arange(6) % 3])
    turned = in_order(faces, order)
    assert [order[row] for row in turned.truth] == [names[row] for row in faces.truth]
    assert turned.labels.argmax(axis=1).tolist() == turned.truth.tolist()


def test_other_classes_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="the set has calm, glad: name its classes so"):
        in_order(samples(), ("open", "closed"))
