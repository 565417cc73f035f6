"""HTML views, one subject a file."""
