"""The open tracker refreshed in place."""
