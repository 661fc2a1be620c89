"""What of a reply is new, as the mail programs of this world write it."""

# ruff: noqa: E501  mails are as long as they are

import random
import re

import pytest

from elbowroom.kit.mail.quote import visible

TEXTS: dict[str, str] = {
    "gmail": "NEW\n\nOn Sun, Nov 22, 2026 at 10:00 AM Bianca <bianca@desk.example> wrote:\n\n> old\n> > older\n",
    "gmail, folded": "NEW\n\nOn Sun, Nov 22, 2026 at 10:00 AM Bianca from the Support Team\n<bianca@desk.example> wrote:\n\n> old",
    "apple": "NEW\n\n> On 22. Nov 2026, at 10:00, Bianca <b@desk.example> wrote:\n> \n> old",
    "thunderbird": "NEW\n\nOn 22.11.26 10:00, Bianca wrote:\n> old\n",
    "thunderbird, german": "NEW\n\nAm 22.11.26 um 10:00 schrieb Bianca:\n> old\n",
    "gmail, german": "NEW\n\nAm So., 22. Nov. 2026 um 10:00 Uhr schrieb Bianca <b@desk.example>:\n\n> old",
    "gmx": "NEW\n\nGesendet: Sonntag, 22. November 2026 um 10:00 Uhr\nVon: Bianca <b@desk.example>\nAn: n@x.org\nBetreff: Re\nold",
    "web.de": "NEW\n \n-----Ursprüngliche Nachricht-----\nVon: Bianca\nGesendet: heute\nold",
    "outlook": "NEW\n\nFrom: Bianca <b@desk.example>\nSent: Sunday, November 22, 2026 10:00 AM\nTo: Nora\nSubject: RE: x\n\nold",
    "outlook, german": "NEW\n\nVon: Bianca\nGesendet: Sonntag, 22. November 2026 10:00\nAn: Nora\nBetreff: AW: x\n\nold",
    "outlook, with a rule": "NEW\n\n________________________________\nFrom: Bianca\nSent: x\nTo: y\nSubject: z\n\nold",
    "outlook, old": "NEW\n\n-----Original Message-----\nFrom: Bianca\nold",
    "outlook, bold": "NEW\n\n*From:* Bianca\n*Sent:* x\n*To:* y\n*Subject:* z\n\nold",
    "outlook, russian": "NEW\n\nОт: Бианка <b@desk.example>\nОтправлено: 22 ноября 2026 г. 10:00\nКому: Нора\nТема: x\n\nold",
    "outlook, chinese": "NEW\n\n发件人: Bianca <b@desk.example>\n发送时间: 2026年11月22日 10:00\n收件人: Nora\n主题: x\n\nold",
    "foxmail": "NEW\n\n发件人： Bianca\n发送时间： 2026-11-22 10:00\n收件人： Nora\n主题： x\nold",
    "traditional chinese": "NEW\n\n寄件者: Bianca\n寄件日期: 2026年11月22日\n收件者: Nora\n主旨: x\n\nold",
    "thunderbird, russian": "NEW\n\n22.11.2026 10:00, Бианка пишет:\n> old\n",
    "the bat": "NEW\n\nБианка написал(а) 22.11.2026 10:00:\n> old",
    "written, by her": "NEW\n\nВ воскресенье, 22 ноября 2026 10:00 Бианка <b@desk.example> написала:\n> old",
    "gmail, russian": "NEW\n\nвс, 22 нояб. 2026 г. в 10:00, Бианка <b@desk.example>:\n\n> old",
    "yandex": 'NEW\n\n22.11.2026, 10:00, "Бианка" <b@desk.example>:\nold without marks',
    "mail.ru": "NEW\n\n>Воскресенье, 22 ноября 2026, 10:00 +03:00 от Бианка <b@desk.example>:\n> \n>old",
    "gmail, chinese": "NEW\n\nBianca <b@desk.example> 于2026年11月22日周日 10:00写道：\n\n> old",
    "apple, chinese": "NEW\n\n> 在 2026年11月22日，10:00，Bianca <b@desk.example> 写道：\n> \n> old",
    "163": 'NEW\n\n在 2026-11-22 10:00:00，"Bianca" <b@desk.example> 写道：\nold without marks',
    "163, english": 'NEW\n\nAt 2026-11-22 10:00:00, "Bianca" <b@desk.example> wrote:\n>old',
    "traditional gmail": "NEW\n\nBianca <b@desk.example> 於 2026年11月22日 週日 上午10:00寫道：\n\n> old",
    "qq": "NEW\n\n------------------ 原始邮件 ------------------\n发件人: \"Bianca\"<b@desk.example>;\nold",
    "russian original": "NEW\n\n-----Исходное сообщение-----\nFrom: Bianca\nold",
    "no marks": "NEW\n\nOn Sun, 22 Nov 2026 at 10:00, Bianca <b@desk.example> wrote:\n\nold\n\nolder",
    "signature": "NEW\n-- \nNora\nold street 5",
    "signature and quote": "NEW\n\n-- \nNora old\n\nOn 22.11.26 10:00, Bianca wrote:\n> old\n",
    "quote and signature": "NEW\n\nOn 22.11.26 10:00, Bianca wrote:\n> old\n-- \nNora old",
    "answer below": "On 22.11.26 10:00, Bianca wrote:\n> old\n> old\n\nNEW",
    "french": "NEW\n\nLe dim. 22 nov. 2026 à 10:00, Bianca <b@desk.example> a écrit :\n\n> old",
}  # fmt: skip


@pytest.mark.parametrize("program", TEXTS)
def test_text_without_its_quote(program):
    assert visible(TEXTS[program], None).text.strip() == "NEW"


WHOLE = {
    "answers in between": "On 22.11.26 10:00, Bianca wrote:\n> is it red?\nyes\n> is it big?\nno",
    "a quote cited on purpose": "Hello\n> as the manual says\nthat does not work",
    "answers announced": "See my answers below.\n\nFrom: Bianca\nSent: x\nTo: y\nSubject: z\n\nIs it red? Yes.",
    "answers announced in german": "siehe unten\n\nAm 22.11.26 um 10:00 schrieb Bianca:\n> rot?\n> ja",
    "a forwarded mail": "FYI\n\n---------- Forwarded message ---------\nFrom: Omid <o@x.org>\nDate: x\nSubject: y\nTo: z\n\ntext",
    "a forwarded mail, german": "Zur Info\n\n-------- Weitergeleitete Nachricht --------\nVon: O\nDatum: x\nBetreff: y\nAn: z\n\ntext",
    "a forwarded mail, russian": "-------- Пересылаемое сообщение --------\nОт: O\nДата: x\nТема: y\nКому: z\n\ntext",
    "only a quote": "> all of it\n> is quoted",
    "only a signature": "-- \nNora",
    "he wrote": "My colleague wrote:\nthe printer is broken\nWhat now?",
    "a form": "From: Berlin\nTo: Hamburg\nI want to travel there.",
    "dashes": "one\n--\ntwo",
    "a date and a colon": "The error came at 10:00, as follows:\nno paper",
    "an address and a colon": "Please write to nora@example.org and say this:\nno paper",
}


@pytest.mark.parametrize("case", WHOLE)
def test_what_is_not_clearly_a_quote_stays(case):
    assert visible(WHOLE[case], None).text == WHOLE[case]


PAGES: dict[str, str] = {
    "gmail": '<div dir="ltr">NEW</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
    'On Sun, Nov 22, 2026 at 10:00 AM Bianca &lt;<a href="mailto:b@x.org">b@x.org</a>&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote" style="border-left:1px solid #ccc"><p>old</p></blockquote></div>',
    "gmail, chinese": '<div>NEW</div><div class="gmail_quote"><div class="gmail_attr">Bianca &lt;b@x.org&gt; 于2026年11月22日周日 '
    '10:00写道：</div><blockquote class="gmail_quote">old</blockquote></div>',
    "apple": '<html><body>NEW<br><div><br><blockquote type="cite"><div>On 22. Nov 2026, at 10:00, Bianca '
    "&lt;b@x.org&gt; wrote:</div><br><div>old</div></blockquote></div></body></html>",
    "apple, introduction outside": "NEW<div>On 22. Nov 2026, at 10:00, Bianca wrote:</div><blockquote type=cite>old</blockquote>",
    "thunderbird": '<p>NEW</p><div class="moz-cite-prefix">Am 22.11.26 um 10:00 schrieb Bianca:<br></div>'
    '<blockquote type="cite" cite="mid:1@x"><p>old</p></blockquote>',
    "thunderbird with signature": '<p>NEW</p><pre class="moz-signature">-- \nold Nora</pre>',
    "outlook on the web": '<div>NEW</div><hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg" dir="ltr">'
    "<b>From:</b> Bianca<br><b>Sent:</b> x<br><b>To:</b> Nora<br></div><div>old</div>",
    "outlook again quoted": '<div>NEW</div><div id="x_divRplyFwdMsg"><b>Von:</b> Bianca</div><div>old</div>',
    "outlook on the desk": '<p class="MsoNormal">NEW</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm">'
    '<p class="MsoNormal"><b>From:</b> Bianca &lt;b@x.org&gt; <br><b>Sent:</b> Sunday<br><b>To:</b> Nora<br>'
    "<b>Subject:</b> x<o:p></o:p></p></div><p>old</p><table><tr><td>old</td></tr></table>",
    "outlook, russian": "<p>NEW</p><div><p><b>От:</b> Бианка<br><b>Отправлено:</b> x<br><b>Кому:</b> Нора<br><b>Тема:</b> x</p></div>old",
    "outlook, chinese": "<p>NEW</p><div><p><b>发件人:</b> Bianca<br><b>发送时间:</b> x<br><b>收件人:</b> Nora<br><b>主题:</b> x</p></div>old",
    "outlook, new": '<div>NEW</div><div id="mail-editor-reference-message-container"><div><b>From: </b>Bianca</div>old</div>',
    "yahoo": '<div>NEW</div><div id="ydp123yahoo_quoted" class="yahoo_quoted"><div>On Sunday, Bianca wrote:</div><div>old</div></div>',
    "proton": '<div>NEW</div><div class="protonmail_quote">On Sunday, 22 November 2026 at 10:00, B &lt;b@x.org&gt; wrote:<br>'
    "<blockquote class=protonmail_quote type=cite>old</blockquote></div>",
    "yandex": '<div>NEW</div><div>22.11.2026, 10:00, "Бианка" &lt;b@x.org&gt;:</div><blockquote><div>old</div></blockquote>',
    "mail.ru": '<div>NEW</div><blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px">Воскресенье, '
    "22 ноября 2026, 10:00 +03:00 от Бианка:<br>old</blockquote>",
    "qq": '<div>NEW</div><div><br></div><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;------------------</div>'
    "<div>发件人: Bianca</div><div>old</div>",
    "163": '<div>NEW</div><p>At 2026-11-22 10:00:00, "Bianca" &lt;b@x.org&gt; wrote:</p>'
    '<blockquote id="isReplyContent" style="PADDING-LEFT:1ex">old</blockquote>',
    "foxmail": "<div>NEW</div><div><div><b>发件人：</b>&nbsp;Bianca</div><div><b>发送时间：</b>&nbsp;x</div>"
    "<div><b>收件人：</b>&nbsp;Nora</div><div><b>主题：</b>&nbsp;x</div></div><div>old</div>",
    "answer below": "<div>On 22.11.26 10:00, Bianca wrote:</div><blockquote type=cite>old</blockquote><p>NEW</p>",
}  # fmt: skip


@pytest.mark.parametrize("program", PAGES)
def test_html_without_its_quote(program):
    seen = visible("", PAGES[program])
    assert seen.text.strip() == "NEW"
    assert seen.html is not None
    assert "old" not in seen.html
    assert re.sub(r"<[^>]*>|\s", "", seen.html) == "NEW"


WHOLE_PAGES = {
    "answers inside gmail's quote": '<div class="gmail_quote"><div class="gmail_attr">On Sun, 22 Nov 2026 10:00 B wrote:</div>'
    '<blockquote class="gmail_quote">is it red?</blockquote><div>yes</div>'
    '<blockquote class="gmail_quote">is it big?</blockquote><div>no</div></div>',
    "gmail's forward": '<div>FYI</div><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>'
    "From: O<br>Date: x<br>Subject: y<br>To: z</div><p>the text</p></div>",
    "an indented paragraph": "<p>I saw this:</p><blockquote>no paper</blockquote>",
    "only a quote": "<blockquote type=cite>all of it</blockquote>",
    "a picture alone": "<div><img src=cid:a></div><blockquote type=cite>old</blockquote>",
}


@pytest.mark.parametrize("case", [name for name in WHOLE_PAGES if name != "a picture alone"])
def test_html_that_is_not_clearly_a_quote_stays(case):
    seen = visible("", WHOLE_PAGES[case])
    for word in re.sub(r"<[^>]*>", " ", WHOLE_PAGES[case]).split():
        assert word in (seen.html or "")


def test_a_picture_is_an_answer_too():
    assert visible("", WHOLE_PAGES["a picture alone"]).html == '<div><img data-cid="a"></div>'


def test_the_text_follows_the_html_where_its_own_rules_find_nothing():
    seen = visible("NEW\n\nBianca schrub dies hier:\nold", "<p>NEW</p><blockquote type=cite>old</blockquote>")
    assert seen.text == "NEW"


def test_what_is_visible_is_clean():
    seen = visible("", "<p onclick=x()>NEW<img src=https://evil.example></p><blockquote type=cite>old</blockquote>")
    assert seen.html == '<p>NEW<img data-remote-src="https://evil.example"></p>'


def test_nothing_becomes_empty():
    dice = random.Random(7)
    pieces = [
        "> q",
        "-- ",
        "On 22.11.26 10:00, B wrote:",
        "From: x",
        "To: y",
        "Subject: z",
        "",
        " ",
        "word",
        "____",
        "&nbsp;",
    ]
    tags = [
        "<blockquote type=cite>",
        "</blockquote>",
        "<div id=divRplyFwdMsg>",
        "</div>",
        "<div class=gmail_attr>",
        "<br>",
        "<p>",
    ]
    for _ in range(400):
        text = "\n".join(dice.choice(pieces) for _ in range(dice.randint(1, 8)))
        html = "".join(dice.choice(pieces + tags) for _ in range(dice.randint(1, 10)))
        seen = visible(text, None)
        assert bool(seen.text.strip()) == bool(text.strip())
        shown = visible("", html)
        words = re.sub(r"<[^>]*>|\s|&nbsp;", "", html)
        assert bool(re.sub(r"<[^>]*>|\s|&nbsp;", "", shown.html or "")) == bool(words)


@pytest.mark.parametrize(
    "line", ["On " + "x " * 200, "From: x", "> x", "____", "发件人：x", "22.11.26 10:00 a@b.cc", "пишет " * 60]
)
def test_no_line_is_a_trap(line):
    visible("\n".join([line] * 9_900), None)
