"""How many files a process may hold open; each socket is one."""

import resource


def raise_limit() -> int:
    """Lifts the soft limit to the hard one, as far as the system lets us. Returns what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError):  # macOS calls its hard limit unlimited and then refuses it
        return soft
    return hard
