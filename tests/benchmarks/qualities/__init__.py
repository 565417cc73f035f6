"""Tests of the rendered heads."""
