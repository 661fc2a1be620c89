"""Refusals, as RFC 9457 problem details."""

from typing import Any


class Refused(Exception):
    """A command or question that is not carried out; nothing of it is stored.

    `name` ends the stable type (`/problems/NAME`); `detail` says what to do; `extra` goes into the answer.
    """

    def __init__(self, status: int, name: str, title: str, detail: str = "", **extra: Any) -> None:
        super().__init__(f"{name}: {detail or title}")
        self.status, self.name, self.title, self.detail, self.extra = status, name, title, detail, extra

    def body(self) -> dict[str, Any]:
        return problem(self.status, self.name, self.title, self.detail, **self.extra)


def problem(status: int, name: str, title: str, detail: str = "", **extra: Any) -> dict[str, Any]:
    return {"type": f"/problems/{name}", "title": title, "status": status, "detail": detail, **extra}


def not_found(what: str) -> Refused:
    return Refused(404, "not-found", f"There is no such {what}", f"The {what} does not exist, or is not yours to see.")


def bad_request(field: str, message: str) -> Refused:
    return Refused(
        422, "bad-request", "That can't be used as it is", message, errors=[{"field": field, "message": message}]
    )


def forbidden(detail: str) -> Refused:
    return Refused(403, "forbidden", "You may not do that", detail)
