"""From a checkpoint to what it says about every language: items, scores, and which languages fell."""
