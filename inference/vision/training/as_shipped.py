"""A test of the network that ships: it must see faces, and be asked for classes, as its card says."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.vision.training.job import Job
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.samples import Samples
from inference.vision.weights import WeightCard, card_path, load_card


def as_shipped(job: Job) -> Job:
    """Return ``job`` with the classes in the order of the shipped card.

    Raises:
        ValueError: its profile shows other faces than the card's, or its set has other classes.
        WeightsError: there is no card.
    """
    card = load_card(card_path(job.recipe.family))
    if not is_shown(job.recipe, card):
        raise ValueError(
            f"The {card.family} that ships was made for other faces than profile {job.recipe.name} shows "
            f"({job.recipe.input.size_px} px): choose {' or '.join(fitting(card)) or 'one with its size and levels'}."
        )
    return replace(job, samples=in_order(job.samples, card.labels)) if card.labels else job


def recipe_of(card: WeightCard) -> Recipe:
    """Return the recipe that ``card``'s network was trained by, or one with the same set that shows faces as the card.

    A network that was widened after its training takes larger faces than its own profile shows.

    Raises:
        ValueError: no profile shows such faces.
    """
    trained = tomllib.loads(card_path(card.family).read_text(encoding="utf-8"))["training"]
    names = fitting(card)
    for name in sorted(names, key=lambda name: name != trained["profile"]):
        if (recipe := load_recipe(card.family, name)).data == trained["data"]:
            return recipe
    raise ValueError(f"No profile of {card.family} shows faces as its card says: publish the network anew.")


def is_shown(recipe: Recipe, card: WeightCard) -> bool:
    """Say whether ``recipe`` shows faces of the card's size, framing and levels."""
    shown = recipe.input
    own = ((shown.size_px, shown.size_px), shown.mean, shown.std, shown.template)
    return own == (card.input_size, card.mean, card.std, card.template)


def fitting(card: WeightCard) -> list[str]:
    """Return the profiles of ``card``'s family that show faces as the card says, in the order of the recipe."""
    facts = tomllib.loads(card_path(card.family).with_name("recipe.toml").read_text(encoding="utf-8"))
    return [name for name in facts["profile"] if is_shown(load_recipe(card.family, name), card)]


def in_order(samples: Samples, names: Sequence[str]) -> Samples:
    """Return ``samples`` with their classes in the order of ``names``.

    Raises:
        ValueError: they have others.
    """
    if set(samples.names) != set(names):
        raise ValueError(
            f"The network tells {', '.join(names)}, the set has {', '.join(samples.names)}: name its classes so, "
            "or train on it and add --publish."
        )
    columns = [samples.names.index(name) for name in names]
    truth = np.where(samples.truth < 0, -1, np.argsort(columns)[samples.truth])
    return replace(samples, labels=samples.labels[:, columns], truth=truth, names=tuple(names))
