"""Parses grids: tables, cells, and a whole returned report workbook."""
