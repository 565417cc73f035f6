"""The two ways in which paper 003 prepares a face (section 2.1): weighted equalisation and edge enhancement.

Its equations leave out a case, a weight and a bound; what stands here is the method that they come from, weighted
thresholded histogram equalisation (Wang and Ward 2007, 10.1109/TCE.2007.381756), and the plainest reading of
"edge pixels are enhanced using Euclidean distance and chamfering distance".
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import ImageArray

BETA = 0.5  # tau1 as a share of the commonest level's probability; the paper says only "below 1 and not zero"
LOW_PERCENTILE = 5.0  # of the probabilities of the levels that occur: tau2
REACH_PX, FACE_SHARE = 6.0, 0.5
FAR_PX = 255.0


def weighted_equalisation(
    face: ImageArray, *, beta: float = BETA, low_percentile: float = LOW_PERCENTILE
) -> ImageArray:
    """Return gray ``face`` (h, w) uint8 with its levels spread by their weighted, clipped probabilities.

    Equations 1 to 3: P = N_k / N; above tau1 = ``beta`` * max P it counts as tau1, below tau2 as 0, and in between
    as (P - tau2) / (tau1 - tau2) * tau1. The sum of these up to a level, scaled to 0..255, is the level's new value.
    A face of one level stays as it is.
    """
    weights = weighted_probabilities(face, beta=beta, low_percentile=low_percentile)
    rising = np.cumsum(weights)
    if not rising[-1]:
        return face.copy()
    table = np.rint(255 * rising / rising[-1]).astype(np.uint8)
    return np.asarray(cv2.LUT(face, table), np.uint8)


def weighted_probabilities(face: ImageArray, *, beta: float, low_percentile: float) -> npt.NDArray[np.float64]:
    """Return P_w (256,) of equations 1 to 3; all zero where only one level occurs."""
    share = cv2.calcHist([face], [0], None, [256], [0, 256]).ravel().astype(np.float64) / face.size
    occurring = share[share > 0]
    upper, lower = beta * occurring.max(), np.percentile(occurring, low_percentile)
    if len(occurring) == 1:
        return np.zeros(256)
    lower = min(lower, upper / 2)  # levels that are all equally common leave nothing between the bounds
    return np.asarray(np.clip((share - lower) / (upper - lower), 0, 1) * upper)


def edge_enhancement(face: ImageArray, *, reach_px: float = REACH_PX, face_share: float = FACE_SHARE) -> ImageArray:
    """Return gray ``face`` (h, w) uint8 mixed with how near each pixel is to an edge.

    Nearness is 255 on an edge and falls evenly to 0 at ``reach_px``; the distance is the mean of the Euclidean and the
    chamfer one. ``face_share`` is the face's share of the mixture.
    """
    distance = (np.minimum(sum(edge_distances(edge_map(face))), 2 * FAR_PX)) / 2
    nearness = 255 * np.clip(1 - distance / reach_px, 0, 1)
    return np.asarray(np.rint(face_share * face + (1 - face_share) * nearness), np.uint8)


def edge_map(face: ImageArray) -> npt.NDArray[np.bool_]:
    """Return where gray ``face`` (h, w), slightly smoothed, has a Sobel gradient one deviation above its mean.

    The bound follows the face's own gradients, so a darker or flatter picture has the same edges.
    """
    smooth = cv2.GaussianBlur(face.astype(np.float32), (5, 5), 1.0)
    gradient = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    mean, deviation = cv2.meanStdDev(gradient)
    return np.asarray(gradient > mean[0, 0] + deviation[0, 0] + 1e-3)


def edge_distances(edges: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return each pixel's distance in pixels to the nearest of ``edges`` (h, w): Euclidean, and chamfer.

    The chamfer distance is that of the shortest path over neighbours, with steps of 0.955 straight and 1.3693 oblique
    (Borgefors 1986). Without any edge both are ``FAR_PX``.
    """
    if not edges.any():
        far = np.full(edges.shape, FAR_PX, np.float32)
        return far, far
    background = np.asarray(~edges, np.uint8)
    euclidean = cv2.distanceTransform(background, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    chamfer = cv2.distanceTransform(background, cv2.DIST_L2, cv2.DIST_MASK_3)
    return np.asarray(euclidean, np.float32), np.asarray(chamfer, np.float32)
