"""Recordings of galleries in which it is known who is where: tiles shuffled every minute, people who leave and return.

``rooms``: everybody before a backdrop of their own. ``one_backdrop``: the same virtual background behind all.
``views``: gallery, speaker view and shared pages in turns, with real people of clips among the others. Two people
whom the face embedding takes for one another are in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.galleries.actors import Absence, Actor
from benchmarks.galleries.backdrops import fitted, slide
from benchmarks.galleries.frames import compressed
from benchmarks.galleries.tiles import Cast
from benchmarks.galleries.truth import Face, GalleryFrame
from benchmarks.galleries.views import SIZE, STAGE, View, ViewKind, arranged

# The nearest pairs of different people among the photos that look ahead, by the embedding that shipped when they were
# chosen. By today's the means over a recording have cosines of up to 0.87, 0.86 and 0.60; a match begins at 0.66.
LOOK_ALIKES = (
    ("Roy_Halladay", "Reggie_Sanders"), ("Mike_Tyson", "Hama_Arba_Diallo"), ("Paul_Shanley", "Bill_Graham"),
)  # fmt: skip
SHUFFLE_S, DURATION_S = 60.0, 240.0
SEED, JPEG_QUALITY = 17, 80
TURNS: tuple[ViewKind, ...] = ("gallery", "speaker", "share", "gallery")


@dataclass(frozen=True, slots=True)
class GalleryRecording:
    """Actors and the views in which they are shown."""

    name: str
    actors: tuple[Actor, ...]
    views: tuple[View, ...]
    duration_s: float

    def frames(self, fps: float = 1.0) -> Iterator[GalleryFrame]:
        """Yield the frames in order of time, each with its truth."""
        for number in range(round(self.duration_s * fps)):
            yield self._frame(number / fps)

    def _frame(self, now_s: float) -> GalleryFrame:
        view = [view for view in self.views if view.from_s <= now_s + 1e-9][-1]
        present = [number for number, actor in enumerate(self.actors) if actor.is_in_call(now_s)]
        canvas, faces = np.full((SIZE[1], SIZE[0], 3), 20, np.uint8), []
        if view.kind == "share":
            canvas[: STAGE[3], : STAGE[2]] = fitted(slide(int(now_s // 20)), STAGE[2:])
        for number, (left, top, width, height) in arranged(view, present).items():
            shown = self.actors[number].tile(now_s, (width, height))
            canvas[top : top + height, left : left + width] = shown.image_bgr
            if shown.box is not None:
                box = shown.box + np.array([left, top, left, top], np.float32)
                faces.append(Face(box, shown.person, number, view.kind))
        return GalleryFrame(compressed(canvas, JPEG_QUALITY), tuple(faces), now_s)


def recordings(cast: Cast, duration_s: float = DURATION_S, seed: int = SEED) -> list[GalleryRecording]:
    """Return the three recordings of ``seed``, always the same ones; another seed gives other people and orders."""
    random = np.random.default_rng(seed)
    rooms = _actors(cast, 16, LOOK_ALIKES[:1], random, is_one_backdrop=False)
    same = _actors(cast, 25, LOOK_ALIKES, random, is_one_backdrop=True)
    mixed = _actors(cast, 6, LOOK_ALIKES[:1], random, is_one_backdrop=False)
    mixed += [Actor(clip, 100 + number) for number, clip in enumerate(cast.clips) if len(clip.images) > 2]
    gallery: tuple[ViewKind, ...] = ("gallery",)
    return [
        GalleryRecording(name, _leaving(actors, random), _views(len(actors), duration_s, turns, random), duration_s)
        for name, actors, turns in (("rooms", rooms, gallery), ("one_backdrop", same, gallery), ("views", mixed, TURNS))
    ]


def _actors(
    cast: Cast, count: int, pairs: Sequence[tuple[str, str]], random: np.random.Generator, *, is_one_backdrop: bool
) -> list[Actor]:
    alike = [person for pair in pairs for person in pair]
    known = {figure.person: figure for figure in cast.cutouts if not figure.is_aside}
    others = [person for person in known if person not in {name for pair in LOOK_ALIKES for name in pair}]
    people = alike + [str(person) for person in random.choice(others, count - len(alike), replace=False)]
    backdrops = [0 if is_one_backdrop else int(number) for number in random.permutation(1000)[:count]]
    return [Actor(known[who], seed, backdrops[seed]) for seed, who in enumerate(people)]


def _leaving(actors: Sequence[Actor], random: np.random.Generator) -> tuple[Actor, ...]:
    """Return the actors, every third of whom is away for 20 to 90 s, in turn with the camera off and out of the call.

    The first two, who look alike, leave and return in the same seconds.
    """
    away = {}
    for number in range(0, len(actors), 3):
        start_s, length_s = random.uniform(15, 130), random.uniform(20, 90)
        away[number] = (Absence(round(start_s), round(start_s + length_s), bool(number % 2)),)
    away[1] = away[0]
    return tuple(
        Actor(actor.figure, actor.seed, actor.backdrop, away.get(number, ())) for number, actor in enumerate(actors)
    )


def _views(count: int, duration_s: float, turns: Sequence[ViewKind], random: np.random.Generator) -> tuple[View, ...]:
    """Return a view for every minute, each in another order and in the next of ``turns``."""
    return tuple(
        View(minute * SHUFFLE_S, tuple(int(number) for number in random.permutation(count)), turns[minute % len(turns)])
        for minute in range(int(np.ceil(duration_s / SHUFFLE_S)))
    )
