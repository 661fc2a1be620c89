"""The mailbox channel: mail comes in by IMAP or SMTP, replies go out by SMTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from elbowroom.channels.email import arriving, notice_mail, notices, sending, system_mail
from elbowroom.channels.email.keeping import Keeper
from elbowroom.channels.email.notice_mail import LooksAt
from elbowroom.channels.email.routes import router
from elbowroom.kit.jobs import Handler
from elbowroom.kit.web import Engines

listen = notices.listen
__all__ = ["handlers", "listen", "notifying", "router", "service"]


def handlers(engines: Engines) -> dict[str, Handler]:
    return {"deliver": partial(sending.deliver, engines), "system_mail": partial(system_mail.send, engines)}


def notifying(engines: Engines, looks_at: LooksAt) -> dict[str, Handler]:
    """Told by those who know who looks at what."""
    return {notices.JOB: partial(notice_mail.send, engines, looks_at)}


@asynccontextmanager
async def service(engines: Engines) -> AsyncIterator[None]:
    """Fetches from every mailbox, and listens for mail where the operator asked for it, while the desk runs."""
    keeper = Keeper(engines, alone=engines.db.serves_one)
    engines.bus.listen("mailboxes", keeper.wake)
    receiver = await arriving.opened(engines)
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        if receiver is not None:
            await receiver.close()
        await keeper.stop()
