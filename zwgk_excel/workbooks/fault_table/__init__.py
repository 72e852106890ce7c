"""The table of faults on the website that a unit is asked to put right (整改链接表), as a workbook."""
