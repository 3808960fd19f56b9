"""Posts and state in, plan out: the rules of what would be done. Pure."""
