"""Measurements: one module a name, run by `make bench NAME=...`; never part of the tests."""
