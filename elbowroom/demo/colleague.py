"""A colleague who works beside you by a script, so that one person alone sees what two do.

She views, notes, labels, holds a ticket of an exclusive inbox, changes a status; and when you answer a ticket she
answers it too, in the moment in which you send.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from elbowroom.demo import seed
from elbowroom.demo.participant import Participant

STAYS_FOR = 240.0
MISSES_YOU_FOR = 15.0  # with no page of yours open, after which she leaves
WATCHES_YOU_FOR = 2.5  # writing, before she begins to write too
WAITS_FOR = 60.0  # with her finger on Send
THINKS_FOR = 1.5
LABEL = "follow-up"
GERMAN = re.compile(r"\b(?:und|nicht|ich|ist|bitte|wir|das|der|mit|für)\b|[äöüß]", re.IGNORECASE)


class Colleague:
    """`you`: whom she works beside. `is_there` says whether a page of yours is open. `pace` 1 is a person's."""

    def __init__(
        self, her: Participant, you: int, words: seed.Colleague, is_there: Callable[[], bool], pace: float = 1.0
    ) -> None:
        self.her, self.you, self.words, self.is_there, self.pace = her, you, words, is_there, pace
        self.inboxes: dict[int, dict[str, Any]] = {}
        self.place = ""
        self.vip = ""
        self.answered: set[str] = set()
        self.writing_since: dict[str, float] = {}
        self.there_at = float("-inf")

    async def work(self, ticket: int | None = None) -> None:
        """Until her time is over or you are gone."""
        script = (
            (0.5, self._come), (3.0, self._begin_note), (5.0, self._note), (3.0, self._label),
            (4.0, self._hold_vip), (15.0, self._leave_vip), (3.0, self._escalate),
        )  # fmt: skip
        try:
            async with asyncio.timeout(STAYS_FOR * self.pace):
                await self._look_around(ticket)
                for wait, act in script:
                    await self._meanwhile(wait)
                    await act()
                await self._meanwhile(STAYS_FOR)
        except (TimeoutError, _Alone):
            await self._leave_vip()

    # what she does by the script
    async def _look_around(self, ticket: int | None) -> None:
        _, desk = await self.her.ask("GET", "/api/desk")
        self.inboxes = {inbox["id"]: inbox for inbox in desk["inboxes"]}
        for inbox in self.inboxes:
            await self.her.watch(f"inbox/{inbox}")
        await self.her.until(lambda: self._where_you_are() != "", 2 * self.pace)
        self.place = f"ticket/{ticket}" if ticket else self._where_you_are()
        if not self.place:
            open_ones = [inbox["id"] for inbox in self.inboxes.values() if inbox["lock_mode"] != "exclusive"]
            found = await self._tickets(open_ones[0]) if open_ones else []
            self.place = f"ticket/{found[0]['id']}" if found else ""

    async def _come(self) -> None:
        self.place = self._where_you_are() or self.place
        await self.her.here(self.place or None)

    async def _begin_note(self) -> None:
        await self.her.here(self.place or None, "writing_note")

    async def _note(self) -> None:
        await self._do("POST", "notes", {"body": await self._line("note")})
        await self.her.here(self.place or None)

    async def _label(self) -> None:
        await self._do("PUT", f"labels/{LABEL}")

    async def _hold_vip(self) -> None:
        """A ticket of an exclusive inbox: you see it locked, and may release it."""
        guarded = [inbox["id"] for inbox in self.inboxes.values() if inbox["lock_mode"] == "exclusive"]
        for ticket in await self._tickets(guarded[0]) if guarded else ():
            place = f"ticket/{ticket['id']}"
            if place == self._where_you_are() or (self.her.crowds.get(place) or {}).get("lock"):
                continue
            status, _ = await self.her.ask("POST", f"/api/tickets/{ticket['id']}/lock")
            if status == 200:
                self.vip = place
                await self.her.watch(place)  # to hear when it is taken from her
                await self.her.here(place)
                return

    async def _leave_vip(self) -> None:
        place, self.vip = self.vip, ""
        if place:
            await self.her.ask("DELETE", f"/api/tickets/{_number(place)}/lock")
            await self._come()

    async def _escalate(self) -> None:
        status, ticket = await self.her.ask("GET", f"/api/tickets/{_number(self.place)}") if self.place else (0, {})
        if status == 200 and ticket["status"] == "open":
            change = {"status": {"to": "escalated", "from_version": ticket["version"]}}
            await self.her.ask("PATCH", f"/api/tickets/{ticket['id']}", change)

    # what she does because of you
    async def _meanwhile(self, seconds: float) -> None:
        """So many seconds, in which she leaves what was taken from her and answers what you answer."""
        end = self._now() + seconds * self.pace
        while (left := end - self._now()) > 0:
            self._look_for_you()
            if self._was_forced():
                await self._leave_vip()
            if place := self._what_you_write():
                await self._leave_vip()
                await self._answer_beside_you(place)
            await asyncio.sleep(min(left, 0.5 * self.pace))

    async def _answer_beside_you(self, place: str) -> None:
        """Her reply goes in the moment in which yours went, and then all the same: yours, still waiting, is held."""
        self.answered.add(place)
        self.place, ticket = place, _number(place)
        await self.her.watch(place)
        status, said = await self.her.ask("GET", f"/api/tickets/{ticket}/messages")
        if status != 200:
            return
        body = await self._line("reply")
        await self._write_until_you_send(place, said["head"])
        reply = {"body": body, "seen": said["head"]}
        status, answer = await self.her.ask("POST", f"/api/tickets/{ticket}/replies", reply)
        if status == 409 and answer.get("reason") == "unseen":
            await asyncio.sleep(THINKS_FOR * self.pace)
            again = {"body": body, "seen": answer["head"], "held": answer["held"]}
            await self.her.ask("POST", f"/api/tickets/{ticket}/replies", again)
        await self.her.here(place)

    async def _write_until_you_send(self, place: str, head: int) -> None:
        end = self._now() + WAITS_FOR * self.pace
        while self._now() < end and self._you_write_at(place):
            self._look_for_you()
            await self.her.here(place, "writing_reply")
            if await self.her.until(lambda: self.her.head(place) > head, 3 * self.pace):
                return

    async def _do(self, method: str, what: str, body: Any = None) -> None:
        if self.place:
            await self.her.ask(method, f"/api/tickets/{_number(self.place)}/{what}", body)

    async def _line(self, kind: Any) -> str:
        """Words that suit the ticket's language and labels."""
        _, ticket = await self.her.ask("GET", f"/api/tickets/{_number(self.place)}")
        language = language_of(f"{ticket.get('subject', '')} {ticket.get('preview', '')}")
        return self.words.lines_for(kind, language, tuple(ticket.get("labels", ())))[0].text

    async def _tickets(self, inbox: int) -> list[dict[str, Any]]:
        _, found = await self.her.ask("GET", f"/api/tickets?inbox={inbox}&queue=new&limit=20")
        return list(found.get("tickets", ()))

    # what she sees
    def _where_you_are(self) -> str:
        return next((place for place in self.her.crowds if self._you_do(place) not in (None, "idle", "left")), "")

    def _you_write_at(self, place: str) -> bool:
        return self._you_do(place) == "writing_reply"

    def _what_you_write(self) -> str:
        """A ticket that you have been answering for a while, where she may answer too and has not yet."""
        now = self._now()
        writing = {place for place in self.her.crowds if self._you_write_at(place)}
        self.writing_since = {place: self.writing_since.get(place, now) for place in writing}
        for place, since in self.writing_since.items():
            waits = place in self.answered or self._is_guarded(place)
            if not waits and now - since >= WATCHES_YOU_FOR * self.pace:
                return place
        return ""

    def _is_guarded(self, place: str) -> bool:
        """Where only the holder sends, and that is you."""
        inbox = self.inboxes.get(int(_number(self.her.around.get(place, "inbox/0"))))
        return inbox is None or inbox["lock_mode"] == "exclusive"

    def _you_do(self, place: str) -> str | None:
        if not place.startswith("ticket/"):
            return None
        return next((one["doing"] for one in self.her.crowds[place]["people"] if one["person"] == self.you), None)

    def _was_forced(self) -> bool:
        return any(fact["data"]["former"]["id"] == self.her.id for fact in self.her.told(self.vip, "lock_forced"))

    def _look_for_you(self) -> None:
        """Raises _Alone where no page of yours has been open for a while."""
        if self.is_there():
            self.there_at = self._now()
        elif self._now() - self.there_at > MISSES_YOU_FOR * self.pace:
            raise _Alone

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


class _Alone(Exception):
    """Nobody is there to work beside."""


def language_of(text: str) -> str:
    """A guess that is good enough to choose a line by."""
    if re.search(r"[\u4e00-\u9fff]", text):
        return "zh"
    if re.search(r"[\u0400-\u04ff]", text):
        return "ru"
    return "de" if len(GERMAN.findall(text)) >= 2 else "en"


def _number(place: str) -> str:
    return place.partition("/")[2]
