"""The tiers above the rules: small models of each language, a large model that judges a sample, and the people whose
judgement both are measured by.
"""
