"""Does the index mean anything? Stills that people labelled, read by the product's own stages, scored by each profile.

    python -m benchmarks.validity --data ../shared/data

The pictures are read once, some minutes of one core, and kept in runs/validity. WACV 2016 engagement: level 3 against
level 1 of the same person. Yawn set: `tired` on yawns against none. Intervals resample people; the yawn set names
none, there a picture stands for one. The constants of `default-2` and `no-emotion-2` were chosen on ten of these
people, those whom the network learned from too, and on nobody else.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks.people import Figure, Mask, People, Values, auc_a_person, auc_of_all, auc_with_unknown, share
from benchmarks.record import record
from benchmarks.still_scores import closed_eyes, scores_of
from benchmarks.stills import Stills, read_stills
from inference.vision.pipeline import Pipeline
from inference.vision.training.datasets import WACV_TEST, WACV_VALIDATION, Source, load_lfw, load_wacv, load_yawn
from inference.vision.training.protocols import TEST, TRAIN
from inference.vision.training.sets.yawn import LFW_PX, LFW_STEP
from inference.vision.types import ImageArray

Figures = Iterator[tuple[str, Figure]]
COMMAND = "python -m benchmarks.validity --data ../shared/data"
ENGAGED, DISENGAGED = 3, 1
# Whose faces the expression network did not learn from; by the last two its weights were chosen.
HELD_OUT, NOT_TRAINED = WACV_TEST, (*WACV_TEST, *WACV_VALIDATION)
GROUPS = ("wacv", "wacv_chosen_on", "wacv_not_trained", "wacv_held_out")


def main() -> None:
    """Read, score, print and record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    data, pipeline = parser.parse_args().data, Pipeline(device="cpu")
    labels = pipeline.card.labels if pipeline.card else ()
    wacv = load_wacv(data)
    stills = read_stills("wacv", wacv.images, pipeline=pipeline)
    found = [*engagement(wacv, stills, labels), *yawns(*_read_yawns(data, pipeline), tired=labels.index("tired"))]
    figures = {f"validity.{key}": figure for key, figure in found if figure.people > 1}
    for key, figure in figures.items():
        print(f"{key:48} {figure}")
    values = {key: (round(figure.value, 4), "share") for key, figure in figures.items()}
    record(values, command=COMMAND, more={key: figure.more for key, figure in figures.items()})


def engagement(source: Source, stills: Stills, labels: tuple[str, ...]) -> Figures:
    """Yield how well each profile tells a person's level 3 from their level 1, and who was not visible."""
    level, people = source.facts["level"].astype(np.int64), source.people
    scores = scores_of(stills, people, labels)
    for number in (DISENGAGED, 2, ENGAGED):
        here = level == number
        yield f"wacv.not_visible.level_{number}", share(np.isnan(scores["no-emotion"][here]), people[here])
        yield f"wacv.not_found.level_{number}", share(np.isnan(stills.detected[here]), people[here])
    closed, tired = closed_eyes(stills, people), stills.probabilities[:, labels.index("tired")]
    for group in GROUPS:
        asked = np.isin(level, (ENGAGED, DISENGAGED)) & _is_in(group, source)
        for name, values in scores.items():
            yield f"{group}.{name}.auc", auc_a_person(values[asked], level[asked] == ENGAGED, people[asked])
        for name in ("default", "no-emotion"):
            facts = scores[name][asked], level[asked] == ENGAGED, people[asked]
            yield f"{group}.{name}.auc_with_unknown", auc_with_unknown(*facts)
        measured = np.isfinite(closed) & _is_in(group, source)
        yield f"{group}.tired_closed_eyes.auc", auc_a_person(tired[measured], closed[measured] == 1, people[measured])


def _is_in(group: str, source: Source) -> Mask:
    wanted = HELD_OUT if group == "wacv_held_out" else NOT_TRAINED
    is_wanted = np.isin(source.people, list(map(str, wanted)))
    return {"wacv": np.ones_like(is_wanted), "wacv_chosen_on": ~is_wanted}.get(group, is_wanted)


def yawns(scenes: Stills, is_yawn: Mask, is_test: Mask, strangers: Stills, *, tired: int) -> Figures:
    """Yield how well `tired` and the mouth's opening tell yawns from the set's other faces, and from strangers'.

    The network learned from none of the yawns and from all of the set's other faces; so strangers are asked too.
    """
    others = scenes.where(~is_yawn)
    yield "yawn.others_called_tired", _called(others, tired)
    yield "yawn.strangers_called_tired", _called(strangers, tired)
    for name, asked in (("yawn", is_yawn), ("yawn_test", is_yawn & is_test)):
        yawning = scenes.where(asked)
        yield f"{name}.not_visible", _share(~_is_seen(yawning))
        yield f"{name}.called_tired", _called(yawning, tired)
        for label, against in (("others", others), ("strangers", strangers)):
            mixes = yawning.probabilities[:, tired], against.probabilities[:, tired]
            yield f"{name}.tired_against_{label}.auc", _auc(*mixes)
            yield f"{name}.mouth_against_{label}.auc", _auc(yawning.mouth_openness, against.mouth_openness)
            yield f"{name}.narrow_eyes_against_{label}.auc", _auc(-yawning.eye_openness, -against.eye_openness)


def _read_yawns(data: Path, pipeline: Pipeline) -> tuple[Stills, Mask, Mask, Stills]:
    """Return the yawns that the network did not learn from and the other faces; which are which; and strangers."""
    source = load_yawn(data)
    is_yawn, is_learned = source.facts["has_yawn"] == 1, source.splits == TRAIN
    rows = np.flatnonzero(~(is_yawn & is_learned)).tolist()
    scenes = read_stills("yawn", [source.images[row] for row in rows], pipeline=pipeline, are_scenes=True)
    strangers = read_stills("strangers", _strangers(data), pipeline=pipeline, are_scenes=True)
    return scenes, is_yawn[rows], source.splits[rows] == TEST, strangers


def _strangers(data: Path) -> list[ImageArray]:
    """Return people of LFW whom the network did not learn from, as small as the set's scenes."""
    source = load_lfw(data)
    rows = np.flatnonzero(source.splits == TEST)[::LFW_STEP].tolist()
    size = (LFW_PX, LFW_PX)
    return [np.asarray(cv2.resize(source.images[row], size, interpolation=cv2.INTER_AREA), np.uint8) for row in rows]


def _auc(positive: Values, negative: Values) -> Figure:
    values = np.concatenate([positive, negative])
    return auc_of_all(values, np.arange(len(values)) < len(positive), _singles(len(values)))


def _is_seen(stills: Stills) -> Mask:
    return np.isfinite(stills.probabilities[:, 0])


def _called(stills: Stills, label: int) -> Figure:
    """Return the share of seen faces whose likeliest class is ``label``."""
    return _share(stills.probabilities[_is_seen(stills)].argmax(axis=1) == label)


def _share(hits: Mask) -> Figure:
    return share(hits, _singles(len(hits)))


def _singles(count: int) -> People:
    """Return a name a picture, where nobody is named."""
    return np.arange(count).astype(str)


if __name__ == "__main__":
    main()
