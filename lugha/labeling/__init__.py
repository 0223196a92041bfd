"""Scores first, decisions later: what is scored of every document, bounds per language computed from data, and who is
kept.
"""
