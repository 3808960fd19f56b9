"""Keep a project's view current while authors write. Only changed files are read again."""
