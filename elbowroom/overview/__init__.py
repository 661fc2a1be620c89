"""Lists, counts, search: reads what is below and changes nothing there."""
