"""``zwgk schedule``: the steps that a computer does by itself, and how each system is told to."""
