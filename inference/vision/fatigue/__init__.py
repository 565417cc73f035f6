"""Fatigue as a face shows it: closed eyes, blinks, yawns, a level 0..1, the class ``tired`` (docs/models/fatigue.md).

Pure functions of one track's stored signals. They say how tired a face looks, never how a person is.
"""
