"""Writing workbooks: colours and fonts, cell formats, fast writers, atomic file writes."""
