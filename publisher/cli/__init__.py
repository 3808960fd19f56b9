"""The command line: arguments in, pipeline, report, exit code out."""
