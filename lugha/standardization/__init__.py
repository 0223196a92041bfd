"""From main text to text that can be compared: broken characters mended, one normal form, nothing of the orthography
lost.
"""
