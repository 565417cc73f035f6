"""Face detector: boxes, five points and scores of all faces in a frame, by a small fully convolutional network."""
