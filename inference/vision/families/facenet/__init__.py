"""FaceNet on MobileNetV1: a face becomes a unit vector of 128 numbers, near those of the same person (paper 001)."""
