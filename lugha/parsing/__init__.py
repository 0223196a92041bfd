"""From bytes to main text: the expensive stage, done once for each record."""
