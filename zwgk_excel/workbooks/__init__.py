"""Excel files: written with xlsxwriter, read through guards with python-calamine, inspected with openpyxl."""
