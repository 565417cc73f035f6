"""Galleries of people who blink at known times, and how their blinks, closures and yawns are found."""
