"""Heads in known poses, rendered from portraits, and other networks' poses to compare with."""
