"""What lies under imap.py: connecting to a pinned address, reading answers, waiting."""
