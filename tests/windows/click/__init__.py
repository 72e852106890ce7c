"""The way of a click: from the ribbon's VBA over cmd.exe and Python back into the program that the button is in."""
