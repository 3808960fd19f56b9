"""Publish from GitHub Actions: the steps of `action.yml`, and the workflows of `publisher init`.

Not a part of the command line: `python -P -m publisher.actions COMMAND` reads the runner's environment.
"""
