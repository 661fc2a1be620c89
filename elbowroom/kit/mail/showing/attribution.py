"""The words with which mail programs introduce a quote, in English, German, Russian, Chinese and some neighbours.

Each pattern meets one line of at most 400 characters, so none can be made to take long.
"""

import re

_EMAIL = r"[<(\[]?[^\s<>()\[\]]{1,100}@[^\s<>()\[\]]{1,100}[>)\]]?"
_TIME = re.compile(r"\d{1,2}[:.h时]\d{2}|\d{4}")
_WROTE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:on|at)\b.{4,}\bwrote\s?:",
        r".{2,}\bwrote(?:\son\s.{4,})?\s?:",
        r"am\b.{4,}\bschrieb\b.{0,300}:",
        r".{2,}\bschrieb\s(?:am|um)\b.{4,}:",
        r".{4,}\b(?:пишет|(?:на)?писал(?:а|и|\(а\))?)(?=\W).{0,200}:",
        r"在.{4,}(?:写道|寫道|写到)\s?[:：]",
        r".{2,}[于於].{4,}(?:写道|寫道|写到)\s?[:：]",
        r"le\b.{4,}\ba\s[ée]crit\s?:",
        r"el\b.{4,}\bescribi[óo]\s?:",
        r"(?:il|em|op|den|dnia|w dniu)\b.{4,}(?:ha scritto|escreveu|schreef|skrev|pisze|napisał\(a\)|napisał).{0,100}:",
    )
]
_DATED_ADDRESS = re.compile(r".{6,}" + _EMAIL + r"\s?[:：]")
_OPENING = re.compile(r"(?:on|at|am|le|el|il|em|op|den|dnia|w dniu|在)\b|在|\W{0,2}\d|\w{2,12}\.?,\s\d", re.IGNORECASE)

_FROM = frozenset("from von от 发件人 寄件者 寄件人 發件人 de da van od från fra 差出人 送信者 보낸사람".split())
_OTHERS = frozenset(
    """sent date to cc bcc subject reply-to gesendet datum an kopie betreff
    отправлено дата кому копия тема 发送时间 发送日期 收件人 抄送 主题 日期 時間 时间
    傳送時間 寄件日期 收件者 副本 主旨 主題
    envoyé à objet enviado para asunto assunto inviato a oggetto verzonden aan onderwerp wysłano do temat
    skickat till ämne til emne sendt odesláno komu předmět 送信日時 宛先 件名""".split()
)
_LABELS = _FROM | _OTHERS
_LABEL = re.compile(r"[\s*|]{0,6}([^\W\d_][\w -]{0,16}?)[\s*]{0,3}[:：]")
_SEPARATOR = re.compile(
    r"\W{3,40}\s?(?:original message|original email|urspr[üu]ngliche (?:nachricht|mail)|original-nachricht"
    r"|исходное сообщение|оригинальное сообщение|原始邮件|邮件原件|原始郵件|原邮件|回复的原邮件|回复的邮件"
    r"|message d'origine|mensaje original|messaggio originale)\s?\W{0,40}",
    re.IGNORECASE,
)
_FORWARD = re.compile(
    r"\W{0,40}\s?(?:begin forwarded message|forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten"
    r"|пересылаемое сообщение|пересланное сообщение|начало переадресованного|перенаправленное сообщение"
    r"|转发邮件|转发的邮件|轉寄郵件|message transf[ée]r[ée]|mensaje reenviado).{0,60}",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"\b(?:see|answers?|comments?|replies|reply|responses?|antworten?|anmerkungen|kommentare?|siehe)\s(?:\w+\s){0,3}"
    r"(?:below|inline|in-line|unten|weiter unten|im text)\b|\bsee below\b|\bs\.\s?u\."
    r"|см\.?\sниже|ответы?\sниже|见下|見下",
    re.IGNORECASE,
)
_LONGEST = 400


def introduces(text: str) -> bool:
    """ "On …, Nora wrote:" and the like; there must be a time or an address, for people write "He wrote:" too."""
    text = " ".join(text.replace("\xa0", " ").split())
    if not 8 <= len(text) <= _LONGEST or text[-1] not in ":：":
        return False
    if any(pattern.fullmatch(text) for pattern in _WROTE):
        return is_dated(text) or "@" in text
    return is_dated(text) and _DATED_ADDRESS.fullmatch(text) is not None


def opens(text: str) -> bool:
    """Whether an introduction that a mailer has folded may begin with this line."""
    return _OPENING.match(text.strip()) is not None


def is_dated(text: str) -> bool:
    return _TIME.search(text) is not None


def is_label(text: str) -> bool:
    return _label(text) in _LABELS


def is_sender_label(text: str) -> bool:
    return _label(text) in _FROM


def is_other_label(text: str) -> bool:
    return _label(text) in _OTHERS


def separates(text: str) -> bool:
    return len(text) < 200 and _SEPARATOR.fullmatch(text.replace("\xa0", " ").strip()) is not None


def forwards(text: str) -> bool:
    return len(text) < 200 and _FORWARD.fullmatch(text.replace("\xa0", " ").strip()) is not None


def points_below(text: str) -> bool:
    """ "See my answers below": then what is below is part of the answer."""
    return _BELOW.search(text) is not None


def _label(text: str) -> str:
    found = _LABEL.match(text[:60].replace("\xa0", " "))
    return found[1].lower().replace(" ", "") if found else ""
