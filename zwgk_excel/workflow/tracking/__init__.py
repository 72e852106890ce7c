"""Who has reported what, and when, as of a day."""
