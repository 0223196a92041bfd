"""From documents to a checkpoint: the tokenizer, the order of every token, the model, the loop, and what is kept on
disk.
"""
