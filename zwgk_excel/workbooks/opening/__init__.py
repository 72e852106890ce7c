"""Opens untrusted files: detects the format, checks limits, returns grids of values."""
