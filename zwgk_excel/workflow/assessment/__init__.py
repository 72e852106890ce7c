"""考核: the scores of months, quarters and years, and closing a month."""
