"""How bytes become a ParsedMail. Runs in a child process, where it may fail as it likes."""
