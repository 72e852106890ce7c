"""What the writer and the reader of report workbooks must agree on."""
