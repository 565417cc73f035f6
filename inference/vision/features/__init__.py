"""The three features of paper 002, section 3, and their fusion: an image in, a vector out."""
