"""The copy of a unit's own workbook with what is to be corrected."""
