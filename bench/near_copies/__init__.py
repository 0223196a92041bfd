"""Text with copies whose truth is known, and what is needed to measure who finds them."""
