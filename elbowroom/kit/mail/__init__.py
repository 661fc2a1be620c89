"""Mail, and only mail: reading it behind limits, building it, fetching, sending and receiving it.

Kept free of imports: the parser's child process pays for every one of them.
"""
