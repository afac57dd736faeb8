// Brings marks and quotes together: a button with data-quote="3-0" belongs to the marked
// sentences that list that name in data-quotes. All events are delegated from the document,
// because Gradio draws the chat and the sources anew with every turn.
(() => {
  "use strict";

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const quotesNamed = (name) =>
    [...document.querySelectorAll("#sources [data-quotes]")].filter((quote) =>
      quote.dataset.quotes.split(" ").includes(name),
    );

  let opener = null;

  function showSection(turn) {
    for (const section of document.querySelectorAll("#sources section[data-turn]")) {
      section.hidden = section.dataset.turn !== turn;
    }
  }

  function openQuote(button) {
    const name = button.dataset.quote;
    showSection(name.split("-")[0]);
    for (const old of document.querySelectorAll(".opened")) old.classList.remove("opened");
    button.classList.add("opened");
    opener = button;
    document.body.classList.add("sources-open");
    const quotes = quotesNamed(name);
    for (const quote of quotes) quote.classList.add("opened");
    if (!quotes.length) return;
    const folded = quotes[0].closest("details");
    if (folded) folded.open = true;
    quotes[0].focus({ preventScroll: true });
    quotes[0].scrollIntoView({ block: "center", behavior: calm() ? "auto" : "smooth" });
  }

  function closeSources() {
    if (!document.body.classList.contains("sources-open")) return;
    document.body.classList.remove("sources-open");
    if (opener) opener.focus();
  }

  // "Remove" asks first, in place.
  function askRemoval(button, asking) {
    const removal = button.closest(".removal");
    removal.querySelector("[data-ask]").hidden = asking;
    removal.querySelector("span").hidden = !asking;
    removal.querySelector(asking ? "[data-keep]" : "[data-ask]").focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) {
      if (!event.target.closest("#sources-column")) closeSources();
    } else if (button.dataset.quote) openQuote(button);
    else if ("close" in button.dataset) closeSources();
    else if ("ask" in button.dataset) askRemoval(button, true);
    else if ("keep" in button.dataset) askRemoval(button, false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSources();
  });

  // Follows the words while the reader is at the end of the conversation, and lets go as soon as
  // the reader scrolls up.
  function follow(pane) {
    let atEnd = true;
    pane.addEventListener(
      "scroll",
      () => (atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80),
      { passive: true },
    );
    new MutationObserver(() => {
      if (atEnd) pane.scrollTop = pane.scrollHeight;
    }).observe(pane, { childList: true, subtree: true, characterData: true });
  }

  const waiting = new MutationObserver(() => {
    const pane = document.getElementById("conversation");
    if (!pane) return;
    waiting.disconnect();
    pane.setAttribute("role", "log");
    pane.setAttribute("aria-label", "Conversation");
    follow(pane);
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
