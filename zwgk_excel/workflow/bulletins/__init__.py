"""通报: the bulletin and the sheets of the units."""
