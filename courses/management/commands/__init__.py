"""Commands of the courses package."""
