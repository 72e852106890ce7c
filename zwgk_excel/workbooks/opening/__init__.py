"""Files of strangers opened safely: what they are, guards, formats, grids of cells."""
