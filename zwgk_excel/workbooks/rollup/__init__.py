"""The workbook of many counties (地区汇总台账)."""
