"""The assets: one module a stage, each thin around one call into lugha."""
