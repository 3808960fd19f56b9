"""Values in, text out: plans, diagnostics and results for people, machines and GitHub.

Pure; prints nothing.
"""
