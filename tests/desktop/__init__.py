"""A virtual screen with a real LibreOffice on it, worked with the pointer and the keyboard."""
