"""Mail: composing, sending, fetching, and finding out why it does not work."""
