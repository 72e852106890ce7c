"""Grids understood: tables, cells, and a report workbook that came back."""
