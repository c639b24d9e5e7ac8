"""The cells that should change: rules held against what both sides have."""
