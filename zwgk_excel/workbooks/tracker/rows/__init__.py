"""What the tracker shows: its rows as plain values, their keys, figures and formulas."""
