"""Source files to posts: each file read, rendered and linted once, remembered in a cache, spread over cores."""
