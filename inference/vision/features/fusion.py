"""Fusion of features and the classifiers that compare them (paper 002, sections 3.4 and 3.5)."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from inference.vision.types import FloatArray

Kind = Literal["svm", "mlp"]


def fused(*features: FloatArray) -> FloatArray:
    """Return the concatenation of ``features``, each (n, d_i): eq. 8."""
    return np.concatenate(features, axis=1)


def classifier(kind: Kind = "svm", *, components: int | None = None, seed: int = 0) -> Any:
    """Return a scikit-learn classifier of fused features: min-max to 0..1, then PCA if asked, then ``kind``.

    Eq. 7 works on each value of the vector by itself, so that scaling before or after the concatenation is the same.
    Lowest and highest are those of the training faces; what lies beyond on others is cut to 0..1.
    """
    from sklearn.decomposition import PCA
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    reduce = [PCA(components, random_state=seed)] if components else []
    return make_pipeline(MinMaxScaler(clip=True), *reduce, _last(kind, seed))


def late_fusion(deep: int, *, components: int = 64, seed: int = 0) -> Any:
    """Return a classifier of ``deep`` pooled values of a network followed by texture features (HOG, SIFT).

    The pooled values are standardised, the texture is reduced to ``components`` (0 leaves it out): GAP512 beside
    PCA(HOG, SIFT). Only this head learns; the network stays as it is.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    texture = make_pipeline(MinMaxScaler(clip=True), PCA(components, random_state=seed), StandardScaler())
    parts: list[tuple[str, Any, slice]] = [("deep", StandardScaler(), slice(0, deep))]
    parts += [("texture", texture, slice(deep, None))] if components else []
    return make_pipeline(ColumnTransformer(parts), LogisticRegression(C=0.01, max_iter=500, class_weight="balanced"))


def _last(kind: Kind, seed: int) -> Any:
    from sklearn.neural_network import MLPClassifier
    from sklearn.svm import SVC

    if kind == "svm":
        return SVC(C=3.0, gamma="scale", random_state=seed)
    return MLPClassifier((256,), alpha=1e-3, early_stopping=True, random_state=seed)
