"""Raw mails for the tests."""


def letter(*headers: str, body: str | bytes = "Hello", eol: str = "\r\n", plain: bool = False) -> bytes:
    """A mail with these headers; From, To, Subject, Date and Message-ID unless it is `plain`."""
    usual = [] if plain else [
        "From: Nora Customer <nora@example.org>",
        "To: desk@example.com",
        "Subject: It is broken",
        "Date: Sun, 22 Nov 2026 10:00:00 +0100",
        "Message-ID: <1@example.org>",
    ]  # fmt: skip
    named = {one.partition(":")[0].lower() for one in headers}
    kept = [one for one in usual if one.partition(":")[0].lower() not in named]
    head = eol.join([*kept, *headers]).encode("utf-8", "surrogateescape") + 2 * eol.encode()
    return head + (body.replace("\n", eol).encode() if isinstance(body, str) else body)


def multipart(kind: str, *parts: str | bytes, headers: tuple[str, ...] = (), boundary: str = "=x=") -> bytes:
    """`parts` are whole parts, their headers included, with \\n."""
    packed = [part.replace("\n", "\r\n").encode() if isinstance(part, str) else part for part in parts]
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in packed)
    body += b"--" + boundary.encode() + b"--\r\n"
    return letter(f'Content-Type: multipart/{kind}; boundary="{boundary}"', "MIME-Version: 1.0", *headers, body=body)


PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
HTML = "Content-Type: text/html; charset=utf-8\n\n"
