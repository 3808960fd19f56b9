"""A plan as a page: every post as LinkedIn would show it, with facts about it beside it."""
