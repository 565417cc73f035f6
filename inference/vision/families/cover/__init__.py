"""Cover: a small network that tells a face with something before it from a bare one."""
