"""Repeated UI whose markup needs computing."""
