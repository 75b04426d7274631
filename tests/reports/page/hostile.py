"""Strings that break pages: each is to be shown as it is, and to do nothing."""

from __future__ import annotations

from typing import Final

CANARY: Final = "window.__caught=1"
HOSTILE: Final = (
    f"<script>{CANARY}</script>",
    f"</script><script>{CANARY}</script>",
    f"</ScRiPt ><img src=x onerror='{CANARY}'>",
    f'"><img src=x onerror="{CANARY}">',
    f"' onmouseover='{CANARY}' autofocus onfocus='{CANARY}' x='",
    f"<svg/onload={CANARY}>",
    f'<iframe srcdoc="<script>parent.{CANARY.removeprefix("window.")}</script>"></iframe>',
    f"javascript:{CANARY}",
    f'<a href="javascript:{CANARY}">a link</a>',
    f"<!--<script>{CANARY}</script>",
    "<!--<script>",
    "-->",
    "]]>",
    "</title></style></textarea></noscript></template>",
    "<base href=https://attacker.example/>",
    "<meta http-equiv=refresh content='0;url=https://attacker.example/'>",
    "<style>*{display:none}</style>",
    "</style><link rel=stylesheet href=https://attacker.example/x.css>",
    "{{ 7 * 7 }}{% raw %}{{ ''.__class__ }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    '{"a": "b"}\\',
    "\\u003cscript\\u003e",
    "\"'`\\\b\f\n\r\t",
    "\x00\x01\x1b[31m\x7f\x80\x9f",
    "\u2028\u2029\u0085\ufeff\ufffe\uffff",
    "\u202egnp.exe\u202c \u2066\u2067\u2068\u2069\u200f",
    "lone \ud83d and \udc80 halves",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 \u0e01\u0e33",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e;",
    "__proto__",
    "constructor",
    "x" * 32_767,
)
