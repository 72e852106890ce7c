"""Open XML packages edited in place: parts, comments, styles, cells, addresses."""
