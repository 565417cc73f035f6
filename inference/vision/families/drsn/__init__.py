"""DRSN: a deep residual shrinkage network on ResNet18's topology, for six learning emotions (paper 002)."""
