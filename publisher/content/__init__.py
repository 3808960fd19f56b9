"""Read the files of the content folder: front matter with positions, schemas, and documents."""
