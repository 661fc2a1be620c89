"""What may be sent to people's doors. Anything else in a body is refused."""

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from elbowroom.people.shapes import Alerts, Language, Mails, Role, Theme

ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]{1,189}")


def _one_line(text: str) -> str:
    """No line break or other control sign: names and addresses go into mail headers."""
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} for sign in text):
        raise ValueError("must be one line of plain text")
    return text


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(_one_line(text)):
        raise ValueError("must be an address like name@example.org")
    return text


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_address)]
Password = Annotated[str, StringConstraints(max_length=1000)]  # the rules answer in words of their own
Secret = Annotated[str, StringConstraints(max_length=200)]
Version = Annotated[int, Field(ge=0, le=2**53)]
Departments = Annotated[list[Annotated[int, Field(ge=1, le=2**53)]], Field(max_length=1000)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Body):
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]
    password: Password


class MyChanges(Body):
    name: Name | None = None
    language: Language | None = None
    theme: Theme | None = None
    hidden: bool | None = None
    alerts: Alerts | None = None
    mails: Mails | None = None


class NewPassword(Body):
    current: Password
    new: Password


class NewToken(Body):
    name: Name
    scopes: Annotated[list[str], Field(min_length=1, max_length=10)]
    days: Annotated[int, Field(ge=1, le=366)] = 90


class NewDepartment(Body):
    name: Name


class DepartmentChanges(Body):
    from_version: Version
    name: Name


class PersonChanges(Body):
    from_version: Version
    name: Name | None = None
    role: Role | None = None
    departments: Departments | None = None
    disabled: bool | None = None


class NewInvitation(Body):
    email: Address
    name: Name
    role: Role
    departments: Departments


class Acceptance(Body):
    name: Name
    password: Password
    language: Language | None = None


class ResetAsked(Body):
    email: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]


class ResetDone(Body):
    password: Password


class First(Body):
    token: Secret
    name: Name
    email: Address
    password: Password
    language: Language = "en"
