"""The bench: what the papers print, what was measured here, and both side by side. Free of torch and OpenCV."""
