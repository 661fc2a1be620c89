"""The shapes in which people leave the server."""

from typing import Literal

from typing_extensions import TypedDict  # pydantic reads typing.TypedDict only from Python 3.12 on

Role = Literal["agent", "manager", "administrator"]
Language = Literal["en", "de", "ru", "zh"]
Theme = Literal["system", "light", "dark"]


class Who(TypedDict):
    id: int
    name: str


class Person(TypedDict):
    id: int
    name: str
    email: str
    role: Role
    hue: int
    departments: list[int]
    disabled: bool
    version: int


class Me(Person):
    language: Language | None
    theme: Theme
    rights: int


class Customer(TypedDict):
    id: int
    name: str
    email: str


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


class Invited(TypedDict):
    email: str
    name: str
