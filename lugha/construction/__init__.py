"""From kept documents and a recipe to a manifest: which document is read how often, and what limits each language."""
