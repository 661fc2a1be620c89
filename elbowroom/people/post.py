"""Mails of the desk itself: queued here, carried by whoever has a way to send."""

from collections.abc import Callable

from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.jobs import enqueue

Way = Callable[[Read], bool]
_ways: list[Way] = []

# Subject and text by language; {name}, {link} and {desk} are put in.
RESET = {
    "en": (
        "Your new password",
        "Hello {name},\n\nsomeone, most likely you, asked for a new password for {desk}.\n"
        "Choose it here within an hour:\n\n{link}\n\n"
        "If it was not you, leave this mail alone: nothing has changed.\n",
    ),
    "de": (
        "Ihr neues Passwort",
        "Guten Tag {name},\n\njemand, vermutlich Sie, möchte ein neues Passwort für {desk}.\n"
        "Wählen Sie es innerhalb einer Stunde hier:\n\n{link}\n\n"
        "Waren Sie es nicht, ist nichts zu tun: Es hat sich nichts geändert.\n",
    ),
    "ru": (
        "Ваш новый пароль",
        "Здравствуйте, {name}!\n\nКто-то, вероятно вы, запросил новый пароль для {desk}.\n"
        "Задайте его в течение часа по ссылке:\n\n{link}\n\n"
        "Если это были не вы, ничего делать не нужно: ничего не изменилось.\n",
    ),
    "zh": (
        "您的新密码",
        "{name}，您好！\n\n有人（很可能是您本人）为 {desk} 申请了新密码。\n"
        "请在一小时内通过此链接设置：\n\n{link}\n\n如果不是您本人操作，请忽略此邮件：一切均未更改。\n",
    ),
}
INVITATION = {
    "en": (
        "Your invitation to the support desk",
        "Hello {name},\n\n{by} invites you to {desk}.\nChoose your password here within a day:\n\n{link}\n",
    ),
    "de": (
        "Ihre Einladung zum Support-Desk",
        "Guten Tag {name},\n\n{by} lädt Sie zu {desk} ein.\n"
        "Wählen Sie innerhalb eines Tages hier Ihr Passwort:\n\n{link}\n",
    ),
    "ru": (
        "Приглашение в службу поддержки",
        "Здравствуйте, {name}!\n\n{by} приглашает вас в {desk}.\nЗадайте пароль в течение суток по ссылке:\n\n{link}\n",
    ),
    "zh": (
        "客服平台邀请",
        "{name}，您好！\n\n{by} 邀请您加入 {desk}。\n请在一天内通过此链接设置密码：\n\n{link}\n",
    ),
}


def sends_by(way: Way) -> Way:
    """Registers a question: is there a mailbox, or the like, that could carry a mail of the desk just now?"""
    if way not in _ways:
        _ways.append(way)
    return way


def can_send(read: Read, config: Config) -> bool:
    return bool(config.smtp_url) or any(way(read) for way in _ways)


def queue(
    tx: Tx, to: str, texts: dict[str, tuple[str, str]], language: str | None, *, give_up_for: float, **values: str
) -> None:
    """Queues a job `system_mail` {to, subject, text, language} that commits with what it tells of."""
    spoken = language if language in texts else "en"
    subject, text = texts[spoken]
    data = {"to": to, "subject": subject, "text": text.format(**values), "language": spoken}
    enqueue(tx, "system_mail", data, give_up_for=give_up_for)
