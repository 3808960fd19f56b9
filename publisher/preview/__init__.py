"""A plan as people look at it: every post as LinkedIn would show it, with what is to be known about it."""
