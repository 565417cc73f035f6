"""Sets Lectern up from a bare checkout; the standard library only, because nothing else is there yet."""
