"""Run Jinja templates of strangers in a sandbox, with strict names and limits of work and memory."""
