"""DS-EfficientNet: a deep EfficientNet branch beside a shallow texture branch, for seven basic emotions (paper 004)."""
