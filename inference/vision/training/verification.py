"""Figures of verification - do two photos show one person? - each with a slow and obvious reference in the tests.

``scores`` (n,) are cosines of two embeddings, ``is_same`` (n,) says which pairs show one person. A pair is accepted
when its score is at least the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray

BoolArray = npt.NDArray[np.bool_]
Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Roc:
    """Shares of accepted pairs at falling ``thresholds`` (m,): ``tar`` of one person, ``far`` of two. (0, 0) first."""

    thresholds: Values
    tar: Values
    far: Values

    @property
    def auc(self) -> float:
        """Area under the curve: the chance that a pair of one person scores higher than one of two."""
        return float(np.trapezoid(self.tar, self.far))

    @property
    def eer(self) -> float:
        """Equal error rate, in 0..1: where as large a share of strangers is accepted as of right pairs refused."""
        gap = self.far - (1 - self.tar)
        after = int(np.argmax(gap >= 0))
        before = max(after - 1, 0)
        rise = gap[after] - gap[before]
        share = -gap[before] / rise if rise > 0 else 0.0
        return float(self.far[before] + share * (self.far[after] - self.far[before]))

    def tar_at(self, far: float) -> float:
        """Return the share of right pairs accepted where at most ``far`` of the strangers are."""
        return float(self.tar[self.far <= far].max())


@dataclass(frozen=True, slots=True)
class Folds:
    """Accuracy on each fold (k,) at the threshold that is best on the other folds."""

    accuracies: Values
    thresholds: Values

    @property
    def mean(self) -> float:
        """Mean accuracy of the folds."""
        return float(self.accuracies.mean())

    @property
    def standard_error(self) -> float:
        """Standard error of the mean, as LFW's protocol reports it: deviation with n - 1, over the root of n."""
        return float(self.accuracies.std(ddof=1) / np.sqrt(len(self.accuracies)))


def unit(vectors: FloatArray) -> FloatArray:
    """Return ``vectors`` (n, d), each of length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def cosines(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the cosine (n,) of each of ``left`` with its row of ``right``, both unit (n, d)."""
    return np.asarray((left * right).sum(axis=1), np.float32)


def roc(scores: FloatArray, is_same: BoolArray) -> Roc:
    """Return the curve, one point for each distinct score.

    Raises:
        ValueError: there is no pair of one person, or none of two.
    """
    if is_same.all() or not is_same.any():
        raise ValueError("A ROC needs pairs of one person and pairs of two: only one kind was given.")
    order = np.argsort(-scores, kind="stable")
    ordered, same = scores[order].astype(np.float64), is_same[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    tar = np.cumsum(same)[last] / same.sum()
    far = np.cumsum(~same)[last] / (~same).sum()
    return Roc(np.append(np.inf, ordered[last]), np.append(0.0, tar), np.append(0.0, far))


def accuracy(scores: FloatArray, is_same: BoolArray, threshold: float) -> float:
    """Return the share of pairs that ``threshold`` decides rightly."""
    return float(((scores >= threshold) == is_same).mean())


def best_threshold(scores: FloatArray, is_same: BoolArray) -> float:
    """Return the threshold with the most right decisions: the middle between the two scores around it."""
    ordered = np.sort(np.unique(scores.astype(np.float64)))
    middles = np.concatenate([[ordered[0] - 1e-6], (ordered[1:] + ordered[:-1]) / 2, [ordered[-1] + 1e-6]])
    same, other = np.sort(scores[is_same]), np.sort(scores[~is_same])
    right = len(same) - np.searchsorted(same, middles) + np.searchsorted(other, middles)
    return float(middles[int(right.argmax())])


def balanced_accuracy(curve: Roc) -> float:
    """Return the best mean of accepted right pairs and refused strangers over all thresholds."""
    return float(((curve.tar + 1 - curve.far) / 2).max())


def view_2(scores: FloatArray, is_same: BoolArray, folds: npt.NDArray[np.int64]) -> Folds:
    """Return LFW's View 2: for each of ``folds`` (n,), the threshold comes from the others (Huang et al. 2007)."""
    numbers = np.unique(folds)
    thresholds = [best_threshold(scores[folds != fold], is_same[folds != fold]) for fold in numbers]
    pairs = zip(numbers, thresholds, strict=True)
    right = [accuracy(scores[folds == fold], is_same[folds == fold], threshold) for fold, threshold in pairs]
    return Folds(np.array(right), np.array(thresholds))


def threshold_at_far(strangers: FloatArray, far: float) -> float:
    """Return the lowest threshold that at most the share ``far`` of the scores of ``strangers`` (n,) reaches.

    Raises:
        ValueError: there are too few pairs to tell such a share.
    """
    if len(strangers) * far < 1:
        raise ValueError(f"{len(strangers)} pairs cannot show a rate of {far}: at least {1 / far:.0f} are needed.")
    ordered = np.sort(strangers.astype(np.float64))[::-1]
    allowed = int(np.floor(len(ordered) * far))
    return float(np.nextafter(np.float32(ordered[allowed]), np.float32(np.inf)))


def all_pairs(embeddings: FloatArray, people: npt.NDArray[np.str_]) -> tuple[FloatArray, BoolArray]:
    """Return cosine and sameness (n (n - 1) / 2,) of every pair of n unit ``embeddings`` (n, d) of ``people`` (n,)."""
    left, right = np.triu_indices(len(people), k=1)
    return np.asarray((embeddings @ embeddings.T)[left, right], np.float32), people[left] == people[right]
