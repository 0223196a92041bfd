"""Which language a text is in: learned from reference text and hints or taken from a model of somebody else's, told for
lines, paragraphs, scripts and whole documents, and audited.
"""
