from __future__ import annotations

from assistant.reading.formats import read_page
from assistant.reading.splitting import split_page
from assistant.reading.webpages import read_html
from assistant.records import Article

CRANES = (
    "The two cranes of Vellmar, taken down in 2019, were put up again on Monday. They lift 40"
    " tonnes each and stand 62 metres high. It took three weeks and a crew of forty."
)
TIMBER = (
    "The port moved 1.2 million tonnes of timber last year, a fifth more than before, the harbour"
    " master said on Tuesday. “We needed them,” she said."
)
FERRY = (
    "The ferry to Ostby will stop on 1 April, after ninety years. The last captain, who steered it"
    " for 31 years, will keep the bell. It weighs 40 kilos."
)
PAGE = f"""<!DOCTYPE html><html><head><title>Cranes return | The Vellmar Post</title>
<meta property="og:site_name" content="The Vellmar Post">
<meta property="article:section" content="Economy"><meta name="author" content="Ina Torvik">
<meta property="article:published_time" content="2024-03-05T08:00:00Z">
<link rel="canonical" href="https://post.example/cranes"></head><body>
<div id="cookie-banner"><p>We use cookies to improve your experience.</p>
<button>Accept all</button></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/e">Economy</a></li></ul></nav></header>
<main><article><h1>Cranes return</h1><p class="byline">By Ina Torvik</p>
<p>Published on March 5, 2024</p><div class="share"><a href="#">Share on Facebook</a></div>
<figure><img src="a.jpg" alt="Two cranes at dusk">
<figcaption>At the northern quay. Photo: Port archive</figcaption></figure>
<p>{CRANES}<br>A line after a break.</p><h2>Why they came back</h2><p>{TIMBER}</p>
<blockquote><p>Nobody thought that they would work again.</p></blockquote>
<ul><li>Crane one: built in 1962</li><li>Crane two: built in 1971</li></ul>
<table><tr><th>Year</th><th>Tonnes</th></tr><tr><td>2022</td><td>1.0</td></tr></table>
<p>{FERRY}&#8203;</p><aside class="newsletter"><h3>Subscribe to our newsletter</h3></aside>
<p>Ina Torvik writes about ports and has covered Vellmar since 2011.</p></article>
<section id="comments"><h2>Comments</h2><div class="comment"><p>Great news!</p></div></section>
<aside class="related"><h3>Related articles</h3>
<ul><li><a href="/1">Else entirely</a></li></ul></aside>
</main><footer><p>© 2024 The Vellmar Post</p></footer></body></html>"""


def articles(page: str) -> list[Article]:
    return split_page(read_page(page.encode(), "saved page.html"), "saved page.html")


def test_one_article_with_all_that_the_page_says_of_it() -> None:
    (article,) = articles(PAGE)
    assert article.title == "Cranes return"
    assert article.section == "Economy"
    assert article.author == "Ina Torvik"
    assert article.published == "2024-03-05"
    assert article.address == "https://post.example/cranes"
    assert article.notes == (
        "At the northern quay. Photo: Port archive",
        "Ina Torvik writes about ports and has covered Vellmar since 2011.",
    )
    assert article.text.split("\n\n") == [
        "Two cranes at dusk",
        "At the northern quay. Photo: Port archive",
        f"{CRANES}\nA line after a break.",
        "Why they came back",
        TIMBER,
        "Nobody thought that they would work again.",
        "- Crane one: built in 1962\n- Crane two: built in 1971",
        "Year | Tonnes\n2022 | 1.0",
        FERRY,
        "Ina Torvik writes about ports and has covered Vellmar since 2011.",
    ]


def test_a_page_of_several_article_elements() -> None:
    page = f"""<html><head><title>Economy</title></head><body><nav><a href="/">Home</a></nav><main>
    <article><h2><a href="/a">Cranes return</a></h2><span class="byline">By Ina Torvik</span>
    <time datetime="2024-03-05">5 March</time><p>{CRANES}</p><p>{TIMBER}</p></article>
    <article><h2>Ferry to Ostby stops</h2><time datetime="2024-03-06">6 March</time>
    <p>{FERRY}</p><p>{TIMBER}</p></article>
    <article class="comment"><h3>A reader</h3><p>{CRANES} {FERRY}</p></article>
    <article><h3>A teaser</h3><p>Short words.</p></article></main></body></html>"""
    first, second = articles(page)
    assert (first.title, first.author, first.published) == (
        "Cranes return",
        "Ina Torvik",
        "2024-03-05",
    )
    assert first.text == f"{CRANES}\n\n{TIMBER}"
    assert (second.title, second.author, second.published) == (
        "Ferry to Ostby stops",
        None,
        "2024-03-06",
    )
    assert second.text == f"{FERRY}\n\n{TIMBER}"


def test_a_page_without_main_text_gives_what_it_shows() -> None:
    shown = "<script>x()</script><div>Open daily</div><div>Closed in March</div>"
    page = f"<html><body>{shown}</body></html>"
    assert [block.text for block in read_html(page).blocks] == ["Open daily", "Closed in March"]


def test_only_web_addresses_are_kept() -> None:
    page = PAGE.replace("https://post.example/cranes", "javascript:alert(1)")
    assert read_html(page).address is None
