"""Documents to posts to payloads.

Pure: no clock, environment, network or files; they come in as arguments.
"""
