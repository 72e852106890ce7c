"""The report workbook (信息报送表): written, checked by itself, filled."""
