"""督促与整改: who is due for a step, what was raised, and what came of it."""
