"""Which pictures belong together: near copies, and faces like one person; a split keeps them whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial.distance import squareform

from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import StrArray, signatures_of
from inference.vision.types import FloatArray, ImageArray

ROWS = 1024


def group_names(vectors: FloatArray, names: Sequence[str], *, above: float) -> StrArray:
    """Return the group (n,) of each picture: its members' smallest name.

    Two pictures are in one group when their ``names`` are equal, when their unit ``vectors`` (n, d) have a dot product
    ``above`` the given one, or when a chain of such pairs joins them.
    """
    own = np.asarray(names)
    first, second = _pairs(vectors, above)
    order = np.argsort(own, kind="stable")
    same = own[order][1:] == own[order][:-1]
    rows, columns = np.concatenate([first, order[1:][same]]), np.concatenate([second, order[:-1][same]])
    graph = coo_matrix((np.ones(len(rows), bool), (rows, columns)), shape=(len(own), len(own)))
    return _named(own, connected_components(graph, directed=False)[1])


def likeness(images: ImageArray, who: FloatArray) -> FloatArray:
    """Return how alike aligned faces are (n, n), 1 for equal ones: half who it is, half what the picture shows.

    ``who`` (n, d) are unit vectors of a face recognition network; of ``images`` (n, h, w) a mirrored copy counts too.
    """
    own, mirrored = (signatures_of(list(faces)) for faces in (images, np.ascontiguousarray(images[:, :, ::-1])))
    pictures = np.maximum(own @ own.T, own @ mirrored.T)
    return np.asarray((who @ who.T + np.maximum(pictures, pictures.T)) / 2, np.float32)


def alike_names(similarity: FloatArray, names: Sequence[str], *, above: float) -> StrArray:
    """Return the group (n,) of each face: its members' smallest name; the mean ``similarity`` in a group is ``above``.

    Average linkage: no chain of lookalikes joins everyone, as it does where faces are small and mouths wide open.
    """
    distance = np.clip(1 - similarity, 0, None)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    return _named(np.asarray(names), fcluster(tree, 1 - above, "distance") - 1)


def _named(names: StrArray, member: IntArray) -> StrArray:
    return np.array([min(names[member == group].tolist()) for group in range(member.max() + 1)])[member]


def _pairs(vectors: FloatArray, above: float) -> tuple[IntArray, IntArray]:
    parts = ((begin, vectors[begin : begin + ROWS] @ vectors.T) for begin in range(0, len(vectors), ROWS))
    found = [np.argwhere(part > above) + np.array([begin, 0]) for begin, part in parts]
    first, second = np.concatenate(found).T
    return first, second
