"""The copy of a returned workbook for correction (退回修改): marked cells, comments, sheet 修改意见."""
