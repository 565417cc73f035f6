"""Eye state: a small network that tells an open eye from a closed one."""
