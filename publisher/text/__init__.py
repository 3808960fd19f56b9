"""Text: Markdown and templates to text with spans."""
