// Brings marks, cards and articles together. Whatever can be opened has a name, such as
// "4f2a…-0" (turn, citation): its button in the chat has it as data-quote, its target in the
// panel as id, and every piece of its sentence lists it in data-quotes. All events are delegated
// from the document, because Gradio draws the chat and the sources anew with every turn. "article"
// tells that another article shows.
(() => {
  "use strict";

  const NARROW = matchMedia("(max-width: 860px)");
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const state = () => document.body.classList;
  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const column = () => one("#sources-column");
  const turnOf = (name) => name.slice(0, name.lastIndexOf("-"));
  const targetOf = (name) => document.getElementById(`quote-${name}`);
  const piecesOf = (name, within) =>
    all(`${within} [data-quotes]`).filter((piece) => piece.dataset.quotes.split(" ").includes(name));
  const buttonOf = (name) => all("#log [data-quote]").find((b) => b.dataset.quote === name);
  // All that an answer cites, or a refusal offers, in the order in which it stands there.
  const stationsOf = (turn) =>
    all("#log [data-quote]").filter((button) => turnOf(button.dataset.quote) === turn);

  let current = ""; // what the reader was last asked to show
  let shown = ""; // the address of the article that it holds
  let asked = 0; // counts on when what is still fetched is wanted no more
  const TROUBLE = { 401: "signed out", 404: "removed" };

  // --- the reader ----------------------------------------------------------------------------

  async function fetched(address) {
    try {
      const answer = await fetch(address);
      if (answer.ok) return { html: await answer.text(), trouble: "" };
      return { html: "", trouble: TROUBLE[answer.status] ?? "failed" };
    } catch {
      return { html: "", trouble: "failed" };
    }
  }

  async function open(name, { focus }) {
    const target = targetOf(name);
    if (!target) return;
    const mine = ++asked;
    const from = document.activeElement;
    const address = target.parentElement.dataset.article;
    current = name;
    hideCard();
    showSection(turnOf(name));
    let trouble = "";
    const kept = address === shown;
    if (!kept) {
      const got = await fetched(address);
      if (mine !== asked) return;
      focus &&= document.activeElement === from; // whoever went elsewhere meanwhile stays there
      // Escaped by our own server, which is the only one that the page asks.
      one(".article-place").innerHTML = got.html;
      trouble = got.trouble;
      shown = trouble ? "" : address;
    }
    state().add("article-open", "sources-open");
    for (const old of all(".opened")) old.classList.remove("opened");
    buttonOf(name)?.classList.add("opened");
    one(".finder").hidden = !!trouble;
    if (!kept) document.dispatchEvent(new Event("article"));
    const pieces = piecesOf(name, ".article-place");
    for (const piece of pieces) piece.classList.add("opened");
    tell(pieces.length ? "" : trouble || "changed", target);
    showStep(target);
    const place = pieces[0] ?? one(".notice");
    if (focus) place.focus({ preventScroll: true });
    else light(place.dataset.quotes);
    bringIntoView(place, kept);
  }

  // In the middle below the bar, unless it is in view as it is.
  function bringIntoView(place, kept) {
    const pane = column();
    if (!kept) pane.scrollTop = 0;
    const at = place.getBoundingClientRect();
    const top = one(".reader-bar").getBoundingClientRect().bottom;
    const bottom = pane.getBoundingClientRect().bottom - 40;
    if (at.top > top && at.bottom < bottom) return;
    const room = bottom - top;
    const by = at.top - top - Math.max(room - at.height, room / 4) / 2;
    const near = kept && Math.abs(by) < pane.clientHeight && !CALM.matches;
    pane.scrollTo({ top: pane.scrollTop + by, behavior: near ? "smooth" : "instant" });
  }

  // Says why a sentence cannot be shown in its article, and shows what the answer keeps of it.
  function tell(trouble, target) {
    const notice = one(".notice");
    const place = notice.querySelector(".kept");
    notice.hidden = !trouble;
    place.replaceChildren();
    if (!trouble) return;
    for (const text of notice.querySelectorAll("[data-when]")) {
      text.hidden = text.dataset.when !== trouble;
    }
    const listed = all("#sources .card [data-quote]").find((b) => b.dataset.quote === current);
    const told = target.querySelector("blockquote") ? target : listed?.closest(".card");
    for (const child of told?.children ?? []) place.append(child.cloneNode(true));
  }

  function showStep(target) {
    const steps = one(".steps");
    const stations = stationsOf(turnOf(current));
    const at = stations.findIndex((button) => button.dataset.quote === current);
    const what = stations[0]?.classList.contains("offer") ? "Offer" : "Citation";
    steps.hidden = at < 0;
    steps.querySelector("output").textContent = `${what} ${at + 1} of ${stations.length}`;
    steps.querySelector("[data-step='-1']").disabled = at <= 0;
    steps.querySelector("[data-step='1']").disabled = at >= stations.length - 1;
    one(".verdict-line").replaceChildren(
      ...[...target.querySelectorAll(".why")].map((why) => why.cloneNode(true)),
    );
  }

  function step(by, { focus }) {
    const stations = stationsOf(turnOf(current));
    const at = stations.findIndex((button) => button.dataset.quote === current);
    const next = stations[at + by];
    if (at >= 0 && next) open(next.dataset.quote, { focus });
  }

  function showSection(turn) {
    for (const section of all("#sources section")) section.hidden = section.dataset.turn !== turn;
  }

  function showList() {
    asked += 1;
    state().remove("article-open");
    showSection(turnOf(current));
    for (const old of all("#sources-column .opened")) old.classList.remove("opened");
    const pieces = piecesOf(current, "#sources");
    for (const piece of pieces) piece.classList.add("opened");
    const place =
      pieces[0] ??
      all("#sources [data-quote]").find((button) => button.dataset.quote === current);
    if (!place) return;
    const folded = place.closest("details");
    if (folded) folded.open = true;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  }

  // Back to the mark of what is shown, or to the first of its answer.
  function goBack() {
    asked += 1;
    state().remove("sources-open");
    (buttonOf(current) ?? stationsOf(turnOf(current))[0])?.focus();
    hideCard();
  }

  // What was read may be another text by now, or gone.
  document.addEventListener("listed", () => (shown = ""));

  // --- statements and their sentences --------------------------------------------------------

  let lighting = "";

  function light(names) {
    lighting = names;
    for (const old of all("#log .lit")) old.classList.remove("lit");
    const marks = (names ?? "").split(" ").map(buttonOf).filter(Boolean);
    const lit = marks.map((mark) => mark.closest(".statement") ?? mark);
    for (const statement of lit) statement.classList.add("lit");
    return lit;
  }

  const quoteAt = (target) => target.closest?.("#sources-column [data-quotes]");

  document.addEventListener("pointerover", (event) => {
    const quote = quoteAt(event.target);
    if (quote) light(quote.dataset.quotes);
  });
  document.addEventListener("pointerout", (event) => {
    if (quoteAt(event.target)) light(quoteAt(document.activeElement)?.dataset.quotes);
  });
  document.addEventListener("focusin", (event) => {
    const quote = quoteAt(event.target);
    if (!quote) return;
    const lit = light(quote.dataset.quotes);
    if (!NARROW.matches) lit[0]?.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("focusout", (event) => {
    if (quoteAt(event.target)) light("");
  });

  // --- cards ---------------------------------------------------------------------------------

  let card = null;
  let cardOf = null;
  let waiting = 0;
  const markAt = (target) => target.closest?.("#log .mark");

  function showCard(mark) {
    clearTimeout(waiting);
    if (mark === cardOf) return;
    hideCard();
    card = mark.isConnected ? targetOf(mark.dataset.quote) : null;
    if (!card) return;
    cardOf = mark;
    card.style.maxHeight = "";
    card.showPopover();
    const at = mark.getBoundingClientRect();
    const { width, height } = card.getBoundingClientRect();
    // Beside an open article it covers nothing of that, and its own mark nowhere.
    const right = NARROW.matches ? innerWidth : one("#conversation").getBoundingClientRect().right;
    const [above, below] = [at.top - 16, innerHeight - at.bottom - 16];
    const under = height <= below || below >= above;
    const shownHeight = Math.min(height, under ? below : above);
    card.style.maxHeight = `${shownHeight}px`;
    card.style.left = `${Math.max(Math.min(at.left - 24, right - width - 8), 8)}px`;
    card.style.top = `${under ? at.bottom + 8 : at.top - 8 - shownHeight}px`;
  }

  function hideCard() {
    clearTimeout(waiting);
    if (card?.matches(":popover-open")) card.hidePopover();
    card = cardOf = null;
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const mark = markAt(event.target);
    if (mark) {
      clearTimeout(waiting);
      waiting = setTimeout(showCard, card ? 0 : 120, mark);
    } else if (card?.contains(event.target)) clearTimeout(waiting);
    else {
      clearTimeout(waiting);
      if (card && cardOf !== document.activeElement) waiting = setTimeout(hideCard, 200);
    }
  });
  document.addEventListener("focusin", (event) => {
    const mark = markAt(event.target);
    if (mark?.matches(":focus-visible")) showCard(mark);
    else if (!card?.contains(event.target)) hideCard();
  });
  document.addEventListener(
    "scroll",
    (event) => {
      if (card && event.target.contains(cardOf)) hideCard();
    },
    { capture: true, passive: true },
  );

  // --- clicks and keys -----------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) {
      if (event.target.closest("#sources-column") || !NARROW.matches) return;
      asked += 1; // no sheet slides over what was just touched
      if (state().contains("sources-open")) goBack();
      return;
    }
    const { quote, step: by } = button.dataset;
    if (quote) open(quote, { focus: true });
    else if (by) step(Number(by), { focus: false });
    else if ("list" in button.dataset) showList();
    else if ("close" in button.dataset) goBack();
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const inColumn = event.target.closest("#sources-column");
    const searching = event.target.matches(".finder input");
    if (searching && (event.key !== "Escape" || event.target.value)) return;
    if (event.key === "Escape") {
      asked += 1;
      if (card) hideCard();
      else if (inColumn || NARROW.matches) {
        if (state().contains("sources-open")) goBack();
      }
      return;
    }
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || event.shiftKey) return;
    const button = event.target.closest("#log :is(.mark, .offer)");
    if (button) {
      const stations = stationsOf(turnOf(button.dataset.quote));
      const next = stations[stations.indexOf(button) + by];
      if (!next) return;
      event.preventDefault();
      next.focus();
      const beside = state().contains("article-open") && !NARROW.matches;
      if (!beside) return;
      open(next.dataset.quote, { focus: false }).then(() => {
        if (next === document.activeElement) showCard(next);
      });
    } else if (inColumn && state().contains("article-open")) {
      event.preventDefault();
      step(by, { focus: !event.target.closest(".steps") });
    }
  });

  // Gradio's own drawing knows nothing of it.
  function markOpened() {
    if (state().contains("article-open")) buttonOf(current)?.classList.add("opened");
    light(lighting);
  }

  // A new question shows what is found for it, unless somebody reads.
  const begun = new MutationObserver(() => {
    const panel = one("#sources");
    const log = one("#log");
    if (!panel || !log || !column()) return;
    begun.disconnect();
    column().tabIndex = -1; // whoever clicks into a text reads
    column().setAttribute("role", "complementary");
    column().setAttribute("aria-label", "Sources");
    new MutationObserver(() => {
      // Gradio changes what is there instead of making it anew: an open card would tell another's.
      hideCard();
      if (column().contains(document.activeElement)) return;
      state().remove("article-open");
      for (const old of all("#log .opened")) old.classList.remove("opened");
      light("");
    }).observe(panel, { childList: true, characterData: true, subtree: true });
    new MutationObserver(markOpened).observe(log, { childList: true, subtree: true });
  });
  begun.observe(document.documentElement, { childList: true, subtree: true });
})();
