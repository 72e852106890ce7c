"""下发: what each unit owes in a month, and the report workbooks that ask for it."""
