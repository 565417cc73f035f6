"""Two-stream CNN-LSTM with focal loss, for seven basic emotions (paper 003)."""
