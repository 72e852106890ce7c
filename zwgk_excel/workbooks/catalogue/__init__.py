"""标准目录: the tables that counties publish, read and written, and the workbook in which the office keeps them."""
