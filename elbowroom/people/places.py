"""Departments and persons as places of the live desk."""

from typing import Any

from elbowroom.kit.db import Read
from elbowroom.kit.places import Standing
from elbowroom.people import colleagues, departments
from elbowroom.people.rights import Viewer, audience_of


class DepartmentPlace:
    def authorize(self, _read: Read, viewer: Viewer, id: int) -> Standing | None:
        return Standing(audience_of(id)) if viewer.may_see(id) else None

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        """Its people come with those departments alone that the viewer knows."""
        known = viewer.departments
        return {
            "department": departments.shape(departments.row_of(read, id)),
            "people": colleagues.people_in(read, id, known),
        }


class PersonPlace:
    """Her own settings and rights: nobody else's, an administrator's neither."""

    def authorize(self, _read: Read, viewer: Viewer, id: int) -> Standing | None:
        return Standing(f"person:{id}") if viewer.id == id else None

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        return {"me": colleagues.me(read, viewer)}
