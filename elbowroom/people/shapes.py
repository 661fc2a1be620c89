"""The shapes in which people leave the server."""

from typing import Literal

from typing_extensions import TypedDict  # pydantic reads typing.TypedDict only from Python 3.12 on

Role = Literal["agent", "manager", "administrator"]
Language = Literal["en", "de", "ru", "zh"]
Theme = Literal["system", "light", "dark"]
Alerts = Literal["all", "work", "none"]  # of colleagues on an open ticket: all, only writing and replies, none

Mails = Literal["none", "mine", "all"]  # what customers write on her own tickets, or in all her inboxes


class Who(TypedDict):
    id: int
    name: str


class Colleague(TypedDict):
    """A person as a department hears of her: where else she works is not theirs to know."""

    id: int
    name: str
    email: str
    role: Role
    hue: int
    disabled: bool
    version: int


class Person(Colleague):
    departments: list[int]


class Me(Person):
    language: Language | None
    theme: Theme
    hidden: bool  # what she looks at is not shown to others
    alerts: Alerts
    mails: Mails
    rights: int


class Customer(TypedDict):
    """`email` is "" of someone who is known by her telephone alone."""

    id: int
    name: str
    email: str
    phone: str | None


class Department(TypedDict):
    id: int
    name: str
    version: int


class Session(TypedDict):
    id: int
    current: bool
    device: str
    made_at: str
    seen_at: str


class Token(TypedDict):
    id: int
    name: str
    scopes: list[str]
    made_at: str
    expires_at: str | None


class Invitation(TypedDict):
    id: int
    email: str
    name: str
    role: Role
    departments: list[int]
    until: str


class Invitations(TypedDict):
    invitations: list[Invitation]


class NewlyInvited(Invitation):
    """`link` is told here alone; `mailed`: a mail with it was queued."""

    link: str
    mailed: bool


class Departments(TypedDict):
    departments: list[Department]


class People(TypedDict):
    people: list[Person]


class Entered(TypedDict):
    me: Me


class Doorway(TypedDict):
    """What a page must know before it shows anything. `needed`: the desk has no administrator yet."""

    needed: bool
    demo: bool
    signed_in: bool


class Invited(TypedDict):
    email: str
    name: str
