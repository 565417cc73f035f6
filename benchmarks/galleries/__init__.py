"""Composed galleries with known truth: frames for the detector, recordings for the tracker."""
