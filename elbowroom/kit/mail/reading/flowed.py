"""format=flowed, RFC 3676: lines that a mailer folded are joined again."""

import re

_QUOTE = re.compile(r">*")


def unfold(text: str, delete_space: bool) -> str:
    """A line ending in a space continues on the next one of the same quote depth; "-- " never does (4.3)."""
    out: list[str] = []
    depth_before, open_before = 0, False
    for line in text.split("\n"):
        depth = len(_QUOTE.match(line).group())  # type: ignore[union-attr]  # it matches the empty string too
        rest = line[depth:].removeprefix(" ")
        flows = rest.endswith(" ") and rest != "-- "
        kept = rest[:-1] if flows and delete_space else rest
        if open_before and depth == depth_before and rest != "-- ":
            out[-1] += kept
        else:
            out.append((">" * depth + " " if depth else "") + kept)
        depth_before, open_before = depth, flows
    return "\n".join(line if line == "-- " else line.rstrip() for line in out)
