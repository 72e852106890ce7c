"""The rows of the tracker as plain values, their keys, figures and formulas."""
