// The drawer of conversations, the filters, the form of an edited question, and copying. All
// events are delegated from the document, because Gradio draws these parts anew.
(() => {
  "use strict";

  const $ = (selector) => document.querySelector(selector);

  // --- what opens and closes -------------------------------------------------------------------
  const openerOf = (name) => $(`button[data-${name}]`);
  const isOpen = (name) => document.body.classList.contains(`${name}-open`);

  function setOpen(name, open, focus = true) {
    document.body.classList.toggle(`${name}-open`, open);
    showState();
    if (name === "talks") {
      const search = $("#talks-head input");
      if (open) {
        search.value = "";
        requestAnimationFrame(() => search.focus());
      }
    } else if (open) requestAnimationFrame(() => $("#filters input").focus());
    if (!open && focus) openerOf(name)?.focus();
  }

  function showState() {
    for (const name of ["talks", "filters"]) {
      const state = String(isOpen(name));
      const opener = openerOf(name);
      if (opener && opener.getAttribute("aria-expanded") !== state) {
        opener.setAttribute("aria-expanded", state);
      }
    }
    const drawer = $("#talks-drawer");
    if (drawer && !drawer.hasAttribute("role")) {
      drawer.setAttribute("role", "dialog");
      drawer.setAttribute("aria-label", "Conversations");
      $("#filters").setAttribute("role", "group");
      $("#filters").setAttribute("aria-label", "Filters");
    }
  }

  // Which conversation this tab has open, for when it is loaded again.
  function rememberOpen() {
    const bar = $("#talk-bar [data-open]");
    const key = $("#talks-head [data-key]")?.dataset.key; // each library's own
    if (!bar || !key) return;
    try {
      sessionStorage.setItem(key, bar.dataset.open);
    } catch {
      // a browser may have no storage
    }
  }

  // What was renamed or deleted had the focus, and is drawn anew.
  function keepFocus() {
    if (isOpen("talks") && document.activeElement === document.body) {
      const again = renamed && $(`#talks [data-rename="${CSS.escape(renamed)}"]`);
      if (changed) $("#talks-head input").value = ""; // the whole list shows, not what was found
      (again || $("#talks-head input")).focus();
      renamed = "";
      changed = false;
    }
  }
  let renamed = "";
  let changed = false;

  // --- renaming --------------------------------------------------------------------------------
  function rename(button) {
    const talk = button.closest(".talk");
    const form = document.createElement("div");
    form.className = "renaming";
    const input = document.createElement("input");
    const save = document.createElement("button");
    const cancel = document.createElement("button");
    input.maxLength = 200;
    input.value = talk.querySelector("strong").textContent;
    input.setAttribute("aria-label", "Name of the conversation");
    save.className = "primary";
    save.textContent = "Save";
    save.dataset.do = "edit";
    cancel.className = "quiet";
    cancel.textContent = "Cancel";
    cancel.dataset.renameCancel = "";
    const write = () => {
      save.value = JSON.stringify({ talk: button.dataset.rename, name: input.value });
    };
    input.addEventListener("input", write);
    write();
    save.addEventListener("click", () => {
      renamed = button.dataset.rename;
      setTimeout(() => talk.isConnected && endRenaming(talk)); // the same name draws nothing anew
    });
    form.append(input, save, cancel);
    talk.append(form);
    talk.classList.add("renamed");
    input.select();
  }

  function endRenaming(talk) {
    talk.querySelector(".renaming").remove();
    talk.classList.remove("renamed");
    talk.querySelector("[data-rename]").focus();
  }

  // --- editing a question ------------------------------------------------------------------------
  let editing = null; // the form, and the name of the turn that it is for
  let typing = null;

  function edit(button) {
    if (editing) endEditing();
    // Of another kind than what is around it: Gradio makes one div into the next as it draws anew.
    const form = document.createElement("section");
    form.append($("#edit-form").content.cloneNode(true));
    const box = form.querySelector("textarea");
    box.value = button.dataset.edit;
    box.addEventListener("input", writeEdit);
    editing = { form, turn: button.closest(".turn").dataset.id };
    placeForm();
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  function writeEdit() {
    const { form, turn } = editing;
    const again = form.querySelector("[data-do]");
    const question = form.querySelector("textarea").value;
    const last = [...document.querySelectorAll("#log .turn")].at(-1).dataset.id;
    again.value = JSON.stringify({ turn, last, question });
    again.disabled = !question.trim();
  }

  // Also when the conversation was drawn anew, so that nothing that was typed is lost.
  function placeForm() {
    if (!editing || editing.form.isConnected) return;
    const { form } = editing;
    const turns = [...document.querySelectorAll("#log .turn")];
    const at = turns.findIndex((turn) => turn.dataset.id === editing.turn);
    if (at < 0) {
      editing = null;
      return;
    }
    const after = turns.length - 1 - at;
    form.querySelector(".note").textContent =
      after === 0 ? "" : after === 1 ? "The turn after it goes." : `The ${after} turns after it go.`;
    turns[at].classList.add("editing");
    turns[at].querySelector(".asked-line").after(form);
    writeEdit();
    if (form.contains(typing)) typing.focus({ preventScroll: true });
  }

  function endEditing() {
    const turn = editing.form.closest(".turn");
    editing.form.remove();
    editing = null;
    turn.classList.remove("editing");
    turn.querySelector("[data-edit]")?.focus();
  }

  document.addEventListener("focusin", (event) => (typing = event.target));
  document.addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".edit-form")) typing = null;
  });

  // --- copying -----------------------------------------------------------------------------------
  const labels = new WeakMap(); // not attributes: Gradio takes those away as it draws anew

  async function copy(button) {
    const text = button.dataset.copy;
    let done = true;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https, other machines' pages have no clipboard of their own.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const said = done ? "Copied" : "Not copied";
    if (!labels.has(button)) labels.set(button, button.textContent); // a second click finds "Copied"
    button.setAttribute("aria-live", "polite");
    button.textContent = said;
    setTimeout(() => {
      if (button.textContent === said) button.textContent = labels.get(button);
      labels.delete(button);
    }, 1500);
  }

  // --- events --------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) {
      const data = button.dataset;
      if ("talks" in data) setOpen("talks", !isOpen("talks"));
      else if ("talksClose" in data) setOpen("talks", false);
      else if ("filters" in data) setOpen("filters", !isOpen("filters"));
      else if ("rename" in data) rename(button);
      else if ("renameCancel" in data) endRenaming(button.closest(".talk"));
      else if ("edit" in data) edit(button);
      else if ("copy" in data) copy(button);
      else if (button.matches("#talks :is([data-do=edit], [data-do=delete])")) changed = true;
      else if ("cancel" in data && button.closest(".edit-form")) {
        endEditing();
      } else if (button.matches("#talks .talk-open")) setOpen("talks", false);
    }
    if (isOpen("talks") && !event.target.closest("#talks-drawer, [data-talks]")) {
      if (event.target.isConnected) setOpen("talks", false, false);
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target) || button) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    const form = target.closest?.(".edit-form, .renaming");
    if (key === "Enter" && form && !event.shiftKey && !event.isComposing) {
      if (target.matches("textarea, input")) {
        event.preventDefault();
        const save = form.querySelector("[data-do]");
        if (!save.disabled) save.click();
      }
    } else if (key === "Escape") {
      if (form?.matches(".edit-form")) endEditing();
      else if (form) endRenaming(form.closest(".talk"));
      else if (target.closest?.("details.menu[open]")) {
        const menu = target.closest("details.menu");
        menu.open = false;
        menu.querySelector("summary").focus();
      } else if (isOpen("talks")) setOpen("talks", false);
      else if (isOpen("filters") && target.closest?.("#composer")) setOpen("filters", false);
      else return;
      event.stopPropagation();
    }
  });

  // --- the clock of what happens now ---------------------------------------------------------------
  let begun = 0;
  let ticking = 0;
  const clock = () => $("#current .clock");
  function tick() {
    const shown = clock();
    if (!shown) {
      clearInterval(ticking);
      ticking = 0;
    } else shown.textContent = `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  }
  function startClock() {
    const shown = clock();
    if (!shown || shown.textContent) return;
    begun = performance.now() - 1000 * Number(shown.dataset.elapsed);
    tick();
    ticking ||= setInterval(tick, 100);
  }

  const waiting = new MutationObserver(() => {
    const current = $("#current");
    if (!current || !$("#talks-drawer") || !$("#filters")) return;
    waiting.disconnect();
    showState();
    new MutationObserver(startClock).observe(current, { childList: true, subtree: true });
    const parts = { childList: true, subtree: true };
    new MutationObserver(() => {
      showState();
      rememberOpen();
    }).observe($("#talk-bar"), { ...parts, attributes: true, attributeFilter: ["data-open"] });
    rememberOpen();
    new MutationObserver(keepFocus).observe($("#talks"), parts);
    new MutationObserver(placeForm).observe($("#log"), parts);
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });
})();
