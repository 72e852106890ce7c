"""发送, 催报, 回执, 收取: every mail that leaves or arrives."""
