"""Is it right? One question a file, asked of every entity; nothing here changes data."""
