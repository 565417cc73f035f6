"""Which pictures belong together: near copies, and faces like one person; a split keeps them whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import StrArray
from inference.vision.types import FloatArray

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
    member = connected_components(graph, directed=False)[1]
    return np.array([min(own[member == group].tolist()) for group in range(member.max() + 1)])[member]


def _pairs(vectors: FloatArray, above: float) -> tuple[IntArray, IntArray]:
    parts = ((begin, vectors[begin : begin + ROWS] @ vectors.T) for begin in range(0, len(vectors), ROWS))
    found = [np.argwhere(part > above) + np.array([begin, 0]) for begin, part in parts]
    first, second = np.concatenate(found).T
    return first, second
