"""The report workbook (信息报送表): its content, its sheets, its self-check formulas."""
