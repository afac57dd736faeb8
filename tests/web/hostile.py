"""Texts that would run, load or restyle something if the page let them."""

from __future__ import annotations

HOSTILE = (
    "<script>window.taken = 1</script>",
    "<img src=http://outside.test/a.png onerror='window.taken = 1'>",
    "![picture](http://outside.test/b.png)",
    "[link](javascript:window.taken=1) <javascript:window.taken=1>",
    "[ref]: http://outside.test/c.png\n![x][ref]",
    "\"><svg onload='window.taken=1'><style>* { display: none }</style>",
    "' onfocus='window.taken=1' autofocus='",
    "</mark></blockquote></section><iframe src=http://outside.test></iframe>",
    "&lt;script&gt; &#60;img src=x onerror=window.taken=1&#62; &amp;",
    "${window.taken = 1} {{constructor.constructor('window.taken=1')()}} `${window.taken = 1}`",
    "$$\\href{javascript:window.taken=1}{y}$$",
    "\u202egnp.exe\u2066 \x00\x1b[31m zero\u200bwidth \U000e0041",
)
EVERYTHING = " ".join(HOSTILE)
