"""Checks of everything publishing needs, each with its remedy.

::

    facts       what was found out, as values
    checks      facts -> findings; pure
    gather      finds the facts out: files, git, the network
    report      findings as JSON values
"""
