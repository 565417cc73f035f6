"""Writes to courses, each one transaction, named <entity>_<action>."""
