"""Bits per byte: how many bits a checkpoint needs for a byte of text it never saw, item by item.

The one signal that speaks at every size of model: at a million parameters topic classification and retrieval said nothing or misled, bits per
byte fell in every language with a seed noise of 0.0076. It compares over tokenizers, because bytes do not change with them (nanochat measures
the same, nanochat/loss_eval.py:9, commit 2411b02 of its neighbours' survey in the notes). Items are kept, the paired test of
lugha.evaluation.regression needs them.

bits per byte = nats of all tokens that carry bytes / ln 2 / their NFC bytes; special tokens count nothing.
"""
