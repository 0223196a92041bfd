"""Which documents are copies of which, who stands for whom, and which clusters are kept for evaluation."""
