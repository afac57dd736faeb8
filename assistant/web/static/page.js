(() => {
  "use strict";

  // "Remove" asks first, in place.
  function askRemoval(button, asking) {
    const removal = button.closest(".removal");
    removal.querySelector("[data-ask]").hidden = asking;
    removal.querySelector("span").hidden = !asking;
    removal.querySelector(asking ? "[data-keep]" : "[data-ask]").focus();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("ask" in button.dataset) askRemoval(button, true);
    else if ("keep" in button.dataset) askRemoval(button, false);
  });

  // Follows the words while the reader is at the end of the conversation, and lets go as soon as
  // the reader scrolls up. Whoever asks, or opens another conversation, wants to see its end; one
  // that begins has no name yet, and gets it as its first answer ends.
  function follow(pane, bar) {
    let atEnd = true;
    let answering = false;
    let open = "";
    pane.addEventListener(
      "scroll",
      () => (atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80),
      { passive: true },
    );
    const changes = new MutationObserver(() => {
      const answers = Boolean(pane.querySelector("#current .turn"));
      const opened = bar.querySelector("[data-open]")?.dataset.open ?? open;
      if ((answers && !answering) || (open && opened !== open)) atEnd = true;
      answering = answers;
      open = opened;
      if (atEnd) pane.scrollTop = pane.scrollHeight;
    });
    const parts = { childList: true, subtree: true };
    changes.observe(pane, { ...parts, characterData: true });
    changes.observe(bar, { ...parts, attributes: true, attributeFilter: ["data-open"] });
  }

  const waiting = new MutationObserver(() => {
    const pane = document.getElementById("conversation");
    const bar = document.getElementById("talk-bar");
    const current = document.getElementById("current");
    if (!pane || !bar || !current) return;
    waiting.disconnect();
    pane.setAttribute("role", "log");
    pane.setAttribute("aria-label", "Conversation");
    // Read aloud once it is there, and not with every word; what happens now is a status of its own.
    current.setAttribute("aria-live", "off");
    follow(pane, bar);
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();

// Opinions on answers. The form of a bad one is copied from the page's template and put below its
// answer. When Gradio draws the conversation anew, the same form goes back to its place, so that
// nothing that was typed is lost, and how an answer came about stays unfolded.
(() => {
  "use strict";

  const forms = new Map();
  let typing = null;
  const barOf = (turn) =>
    [...document.querySelectorAll("#log .opinion")].find((bar) => bar.dataset.turn === turn);

  function openForm(bar) {
    const { turn, reason, correction } = bar.dataset;
    const form = document.getElementById("opinion-form").content.firstElementChild.cloneNode(true);
    const save = form.querySelector("[data-do]");
    const right = form.querySelector("textarea");
    if ("refused" in bar.dataset) form.querySelector("fieldset").remove();
    for (const choice of form.querySelectorAll("[type=radio]")) {
      choice.name = `reason-${turn}`;
      choice.checked = choice.value === (reason || "wrong");
    }
    right.value = correction;
    const write = () => {
      const chosen = form.querySelector(":checked")?.value ?? "held";
      save.value = JSON.stringify({
        turn,
        rating: "bad",
        reason: chosen,
        correction: right.value,
      });
      right.closest(".correction").hidden = chosen === "not held";
    };
    form.addEventListener("input", write);
    write();
    forms.set(turn, form);
    placeForms();
    (form.querySelector(":checked") ?? right).focus();
    requestAnimationFrame(() => bar.scrollIntoView({ block: "nearest" }));
  }

  function closeForm(bar) {
    forms.get(bar.dataset.turn)?.remove();
    forms.delete(bar.dataset.turn);
    const thumb = bar.querySelector("[aria-expanded]");
    thumb.setAttribute("aria-expanded", "false");
    thumb.focus();
  }

  function placeForms() {
    for (const [turn, form] of forms) {
      const bar = barOf(turn);
      if (!bar) forms.delete(turn);
      else if (!bar.contains(form)) {
        bar.append(form);
        bar.querySelector("[aria-expanded]").setAttribute("aria-expanded", "true");
        if (form.contains(typing)) typing.focus({ preventScroll: true });
      }
    }
  }

  function swapBar(turn, bar) {
    const old = barOf(turn);
    if (!old) return;
    const focused = old.contains(document.activeElement);
    forms.delete(turn);
    old.replaceWith(bar);
    if (focused) (bar.querySelector("[aria-pressed=true]") ?? bar.querySelector("button")).focus();
  }

  function saveFile(name, text) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/jsonl" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  document.addEventListener("told", (event) => {
    const bar = event.target.querySelector("[data-swap]");
    if (bar) swapBar(bar.dataset.swap, bar.firstElementChild.cloneNode(true));
    const file = event.target.querySelector("[data-save]");
    if (file) saveFile(file.dataset.save, file.textContent);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#log .opinion button");
    if (!button) return;
    const bar = button.closest(".opinion");
    if ("cancel" in button.dataset) closeForm(bar);
    else if ("form" in button.dataset) {
      if (forms.has(bar.dataset.turn)) closeForm(bar);
      else openForm(bar);
    }
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest(".opinion-form");
    if (form && event.key === "Escape") closeForm(form.closest(".opinion"));
  });

  document.addEventListener("focusin", (event) => {
    typing = event.target.closest(".opinion-form") ? event.target : null;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".opinion-form")) typing = null;
  });

  const unfolded = new Set();
  const turnOf = (details) => details.closest(".turn").dataset.id;

  document.addEventListener("click", (event) => {
    const details = event.target.closest("#log summary")?.parentElement;
    if (!details) return;
    if (details.open) unfolded.delete(turnOf(details));
    else unfolded.add(turnOf(details));
  });

  function unfold() {
    for (const details of document.querySelectorAll("#log details")) {
      if (unfolded.has(turnOf(details))) details.open = true;
    }
  }

  const waiting = new MutationObserver(() => {
    const log = document.getElementById("log");
    if (!log) return;
    waiting.disconnect();
    const drawnAnew = new MutationObserver(() => {
      placeForms();
      unfold();
    });
    drawnAnew.observe(log, { childList: true, subtree: true });
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
