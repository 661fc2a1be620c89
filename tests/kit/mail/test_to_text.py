import pytest

from elbowroom.kit.mail.html import to_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello Bianca,</p><p>it   is\nbroken.</p>", "Hello Bianca,\n\nit is broken."),
        ("one<br>two<br><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div><div><br></div><div>three</div>", "one\ntwo\n\nthree"),
        ("<ul><li>one</li><li>two<ul><li>deep</li></ul></li></ul>", "- one\n- two\n  - deep"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<p>See <a href='https://a.example/x'>the page</a>.</p>", "See the page <https://a.example/x>."),
        ("<a href='https://a.example/'>a.example</a>", "a.example"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example"),
        ("<p>Nora wrote:</p><blockquote>one<br>two</blockquote>", "Nora wrote:\n\n> one\n> two"),
        ("<table><tr><td>Price</td><td>3 €</td></tr><tr><td>Sum</td><td>4 €</td></tr></table>", "Price 3 €\nSum 4 €"),
        ("<pre>a  b\n  c</pre>", "a  b\n  c"),
        ("Fish &amp; chips&nbsp;&lt;3", "Fish & chips <3"),
        ("<img src=x alt='Our logo'>", "[Our logo]"),
        ("<style>p{}</style><script>1</script><title>t</title>x", "x"),
        ("<h1>Title</h1>text<hr>end", "Title\n\ntext\n--------------------\nend"),
        ("你好<br>世界", "你好\n世界"),
        ("", ""),
    ],
)
def test_html_reads_well_as_text(html, text):
    assert to_text(html) == text
