"""Pure functions: rows in, Plotly figure out."""
