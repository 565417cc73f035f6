"""Programs that others wrote for the same purpose, timed and counted on the same pictures as Lectern.

Every program runs in an environment of its own, since their packages conflict; ``child`` is the loop that all share.
"""
