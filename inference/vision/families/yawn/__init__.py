"""Yawn: a small network that tells a yawning face from one that speaks, smiles or rests."""
