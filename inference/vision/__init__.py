"""Computer vision of Lectern: plain PyTorch, OpenVINO and OpenCV. Never imports Django."""
