"""ResNet18 with efficient channel attention and Mish: three classes of valence (paper 000)."""
