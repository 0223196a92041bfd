"""Scores first, decisions later: language identification and signals per document, bounds per language computed from
data.
"""
