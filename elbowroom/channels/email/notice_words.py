"""What stands in a mail to an agent, by language."""

from typing import Literal

Word = Literal[
    "line", "wrote", "files", "before", "more", "answer", "no_answer", "ticket", "held_subject", "held_unseen",
    "held_locked", "held_gone", "held_other", "came", "yours", "decide", "confirm",
]  # fmt: skip
MARK = "##-"  # stands in the first line, whatever the language: below it nothing is hers

WORDS: dict[str, dict[Word, str]] = {
    "en": {
        "line": "##- Write above this line. What you write goes to {customer}. -##",
        "wrote": "{customer} wrote:",
        "files": "Files: {files}",
        "before": "Before that:",
        "more": "Earlier messages stand on the ticket.",
        "answer": "Answer this mail to reply to {customer}.",
        "no_answer": "Answers to this mail are not sent on. Reply on the desk.",
        "ticket": "The ticket: {link}",
        "held_subject": "Not sent: {subject}",
        "held_unseen": "Your reply to {customer} was not sent: something came that you had not seen.",
        "held_locked": "Your reply to {customer} was not sent: in this inbox only whoever holds the ticket can send.",
        "held_gone": "Your reply to {customer} was not sent: the ticket lies in the bin.",
        "held_other": "Your reply to {customer} was not sent. Your text is kept.",
        "came": "What came:",
        "yours": "Your text:",
        "decide": "Look and decide: {link}",
        "confirm": "To send all the same, answer this mail: with a new text, or empty to send the one above as it is.",
    },
    "de": {
        "line": "##- Schreiben Sie über dieser Zeile. Ihr Text geht an {customer}. -##",
        "wrote": "{customer} schrieb:",
        "files": "Dateien: {files}",
        "before": "Davor:",
        "more": "Frühere Nachrichten stehen im Ticket.",
        "answer": "Antworten Sie auf diese Mail, um {customer} zu antworten.",
        "no_answer": "Antworten auf diese Mail werden nicht weitergeleitet. Antworten Sie im Desk.",
        "ticket": "Das Ticket: {link}",
        "held_subject": "Nicht gesendet: {subject}",
        "held_unseen": "Ihre Antwort an {customer} wurde nicht gesendet: Es kam etwas, das Sie noch nicht kannten.",
        "held_locked": (
            "Ihre Antwort an {customer} wurde nicht gesendet: In diesem Eingang kann nur senden, wer das Ticket hält."
        ),
        "held_gone": "Ihre Antwort an {customer} wurde nicht gesendet: Das Ticket liegt im Papierkorb.",
        "held_other": "Ihre Antwort an {customer} wurde nicht gesendet. Ihr Text ist aufgehoben.",
        "came": "Was kam:",
        "yours": "Ihr Text:",
        "decide": "Ansehen und entscheiden: {link}",
        "confirm": (
            "Um trotzdem zu senden, antworten Sie auf diese Mail: mit einem neuen Text, oder leer, dann geht der obige."
        ),
    },
    "ru": {
        "line": "##- Пишите над этой строкой. Ваш текст получит {customer}. -##",
        "wrote": "{customer} пишет:",
        "files": "Файлы: {files}",
        "before": "До этого:",
        "more": "Более ранние сообщения — в обращении.",
        "answer": "Ответьте на это письмо, и ответ получит {customer}.",
        "no_answer": "Ответы на это письмо не пересылаются. Ответьте в системе.",
        "ticket": "Обращение: {link}",
        "held_subject": "Не отправлено: {subject}",
        "held_unseen": "Ваш ответ ({customer}) не отправлен: пришло то, чего вы ещё не видели.",
        "held_locked": (
            "Ваш ответ ({customer}) не отправлен: в этом ящике отправляет только тот, кто держит обращение."
        ),
        "held_gone": "Ваш ответ ({customer}) не отправлен: обращение в корзине.",
        "held_other": "Ваш ответ ({customer}) не отправлен. Ваш текст сохранён.",
        "came": "Что пришло:",
        "yours": "Ваш текст:",
        "decide": "Посмотреть и решить: {link}",
        "confirm": (
            "Чтобы всё же отправить, ответьте на это письмо: новым текстом или пустым письмом — тогда уйдёт текст выше."
        ),
    },
    "zh": {
        "line": "##- 请在此行上方书写，内容将发送给 {customer}。 -##",
        "wrote": "{customer} 写道：",
        "files": "文件：{files}",
        "before": "此前：",
        "more": "更早的消息见工单。",
        "answer": "回复此邮件即可答复 {customer}。",
        "no_answer": "对此邮件的回复不会转发。请在客服平台中回复。",
        "ticket": "工单：{link}",
        "held_subject": "未发送：{subject}",
        "held_unseen": "您给 {customer} 的回复未发送：其间有您尚未看到的新消息。",
        "held_locked": "您给 {customer} 的回复未发送：在此收件箱中，只有持有工单的人才能发送。",
        "held_gone": "您给 {customer} 的回复未发送：工单在回收站中。",
        "held_other": "您给 {customer} 的回复未发送。您的文字已保留。",
        "came": "新消息：",
        "yours": "您的文字：",
        "decide": "查看并决定：{link}",
        "confirm": "若仍要发送，请回复此邮件：写上新内容，或留空以原样发送上文。",
    },
}
