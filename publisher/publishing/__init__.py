"""A plan carried out: intent, create, record, one post after the other, each create sent once."""
