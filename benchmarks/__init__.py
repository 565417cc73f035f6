"""Speed against the machine's limits; run by hand, never as tests."""
