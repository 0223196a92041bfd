"""The compiled part of deduplication: text bytes to tokens, signatures, keys and hashes.

Import its modules inside functions: numba takes half a second. numba's cache knows a compiled function by the file it
stands in and by nothing else, so what a function calls and the numbers it is built on stand in the same file.
"""
