"""Faces made worse by known amounts, and what is still read on them."""
