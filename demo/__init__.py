"""`make demo` and `make dev`: the whole loop on a small web, served on loopback and run through the same definitions
as everything else.
"""
