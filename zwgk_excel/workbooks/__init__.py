"""Excel files: written with xlsxwriter, read through guards and calamine, inspected with openpyxl."""
