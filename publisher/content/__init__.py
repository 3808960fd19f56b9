"""Files in, values out: reading, front matter with positions, schemas, settings, media inspection."""
