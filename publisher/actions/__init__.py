"""Publishing from GitHub Actions: what `action.yml` and the workflows of `publisher init` run, and those
workflows.

Not a part of the command line: `python -P -m publisher.actions COMMAND` reads the runner's environment.
"""
