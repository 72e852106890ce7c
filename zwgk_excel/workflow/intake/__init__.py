"""收件: from a file in 收件箱 to a receipt with a verdict, and to the marked-up copy that goes back."""
