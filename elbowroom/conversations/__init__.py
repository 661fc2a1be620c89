"""What is said on a ticket: messages, replies and their admission, notes, drafts, files."""
