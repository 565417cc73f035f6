"""From a recording to stored results."""
