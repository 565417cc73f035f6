"""Settings of Lectern, one subject a file."""
