// The tables of the library: the heads sort, a word filters, and only so many rows show at a time.
(() => {
  "use strict";

  const AT_A_TIME = 100;
  const states = new Map();
  const inOrder = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  let words = new WeakMap();

  const stateOf = (name) => {
    if (!states.has(name)) {
      states.set(name, { column: null, down: false, filter: "", most: AT_A_TIME });
    }
    return states.get(name);
  };
  const named = (kind, name) => document.querySelector(`[data-${kind}="${name}"]`);
  const plural = (number, noun) =>
    `${number.toLocaleString("en")} ${number === 1 ? noun.replace(/s$/, "") : noun}`;
  const wordsOf = (row) => {
    if (!words.has(row)) {
      const cells = [...row.cells].filter((cell) => !cell.classList.contains("actions"));
      words.set(row, cells.map((cell) => cell.textContent).join("\n").toLowerCase());
    }
    return words.get(row);
  };
  const keyOf = (row, column) =>
    row.cells[column].dataset.key ?? row.cells[column].textContent.replace(/(\d),(?=\d)/g, "$1");

  function sortRows(table, { column, down }) {
    for (const head of table.tHead.rows[0].cells) {
      const button = head.querySelector("[data-sort]");
      if (!button) continue;
      const sorted = Number(button.dataset.sort) === column;
      head.setAttribute("aria-sort", sorted ? (down ? "descending" : "ascending") : "none");
    }
    if (column === null) return;
    const keyed = [...table.tBodies[0].rows].map((row) => [keyOf(row, column), row]);
    // What is not known comes last, whichever way round.
    keyed.sort(([one], [other]) => {
      if (!one || !other) return (one ? 0 : 1) - (other ? 0 : 1);
      return (down ? -1 : 1) * inOrder.compare(one, other);
    });
    table.tBodies[0].append(...keyed.map(([, row]) => row));
  }

  function showRows(name) {
    const table = named("table", name);
    const state = stateOf(name);
    const told = named("shown", name);
    const more = named("more", name);
    const rows = table ? [...table.tBodies[0].rows] : [];
    const wanted = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of rows) {
      const passes = wanted.every((word) => wordsOf(row).includes(word));
      found += passes;
      row.hidden = !passes || found > state.most;
    }
    const shown = Math.min(found, state.most);
    if (told) {
      const all = plural(rows.length, told.dataset.noun);
      told.textContent =
        !rows.length ? "" : shown === rows.length ? all : found === rows.length
          ? `The first ${shown} of ${all}`
          : `${plural(found, "found")} of ${all}`;
    }
    if (more) {
      more.hidden = found <= state.most;
      more.textContent = `Show ${Math.min(found - shown, AT_A_TIME)} more`;
    }
  }

  const shownRows = (name) =>
    [...named("table", name).tBodies[0].rows].filter((row) => !row.hidden);

  function lay(name) {
    const table = named("table", name);
    const filter = named("filter", name);
    if (filter) {
      filter.value = stateOf(name).filter;
      filter.closest(".tools").hidden = !table;
    }
    if (table) sortRows(table, stateOf(name));
    showRows(name);
  }

  // Whoever removed a source stands where its row was.
  let removing = false;
  const isLost = (element) => element === document.body || !element.checkVisibility();

  document.addEventListener("click", (event) => {
    removing = Boolean(event.target.closest("#source-listing [data-do=delete]"));
  });

  document.addEventListener("listed", () => {
    words = new WeakMap();
    for (const name of ["articles", "sources"]) lay(name);
    if (!removing || !isLost(document.activeElement)) return;
    removing = false;
    named("filter", "sources").focus();
  });

  document.addEventListener("input", (event) => {
    const name = event.target.closest("#shelf [data-filter]")?.dataset.filter;
    if (!name) return;
    Object.assign(stateOf(name), { filter: event.target.value, most: AT_A_TIME });
    showRows(name);
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#shelf button");
    if (!button) return;
    if (button.dataset.sort) {
      const table = button.closest("table");
      const state = stateOf(table.dataset.table);
      const column = Number(button.dataset.sort);
      state.down = state.column === column && !state.down;
      state.column = column;
      lay(table.dataset.table);
    } else if (button.dataset.more) {
      const name = button.dataset.more;
      const before = shownRows(name).length;
      stateOf(name).most += AT_A_TIME;
      showRows(name);
      shownRows(name)[before]?.querySelector("button").focus();
    }
  });
})();

// What lies inside an article or a source, as a dialog over the page.
(() => {
  "use strict";

  let opener = null;

  document.addEventListener("looked", (event) => {
    const dialog = event.target.querySelector("dialog");
    if (!dialog) return;
    if (!dialog.matches(":modal")) {
      opener = document.activeElement;
      dialog.removeAttribute("open");
      dialog.showModal();
    }
    dialog.querySelector(".inside-body").scrollTop = 0;
    dialog.querySelector("h2").focus();
  });

  document.addEventListener(
    "close",
    (event) => {
      if (event.target.matches("dialog.inside")) opener?.focus();
    },
    true,
  );

  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog.inside");
    if (!dialog) return;
    // A click on the dialog itself is one beside its content.
    if (event.target === dialog || event.target.closest("[data-shut]")) dialog.close();
  });
})();

// The picture: what is pointed at is told, lit in both drawings, and opened by a click or Enter.
(() => {
  "use strict";

  const pictureOf = (element) => element.closest?.(".picture");
  const entry = (picture, number) => picture.querySelectorAll(".parts > li")[number];
  let at = null;
  let pointer = "";

  function point(picture, circle) {
    if (circle === at) return;
    for (const old of picture.querySelectorAll("circle.at")) old.classList.remove("at");
    const tip = picture.querySelector(".tip");
    at = circle;
    tip.classList.toggle("told", Boolean(circle));
    if (!circle) return;
    for (const one of picture.querySelectorAll(`circle[data-n="${circle.dataset.n}"]`)) {
      one.classList.add("at");
    }
    const told = entry(picture, Number(circle.dataset.n));
    tip.replaceChildren(
      Object.assign(document.createElement("strong"), {
        textContent: told.querySelector("button").textContent,
      }),
      Object.assign(document.createElement("span"), {
        textContent: told.querySelector("span").textContent,
      }),
    );
    const [box, all] = [circle.getBoundingClientRect(), picture.getBoundingClientRect()];
    const room = all.width - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(box.left - all.left + 12, room))}px`;
    tip.style.top = `${box.top - all.top - tip.offsetHeight - 8}px`;
  }

  // The nearest point in the direction of the arrow, those ahead before those aside.
  function step(svg, key) {
    const [dx, dy] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      key
    ];
    const circles = [...svg.querySelectorAll("circle")];
    if (!at || !svg.contains(at)) return circles[0];
    const [x, y] = [at.cx.baseVal.value, at.cy.baseVal.value];
    let [best, least] = [at, Infinity];
    for (const circle of circles) {
      const [right, down] = [circle.cx.baseVal.value - x, circle.cy.baseVal.value - y];
      const ahead = right * dx + down * dy;
      const far = ahead + 2 * Math.abs(right * dy + down * dx);
      if (ahead > 0 && far < least) [best, least] = [circle, far];
    }
    return best;
  }

  function light(picture, kind) {
    for (const button of picture.querySelectorAll("[data-light]")) {
      button.setAttribute("aria-pressed", String(button.dataset.light === kind));
    }
    for (const circle of picture.querySelectorAll("circle[data-n]")) {
      circle.classList.toggle("dim", kind !== null && !circle.classList.contains(kind));
    }
  }

  // A page that moves below a resting pointer is no pointing.
  document.addEventListener("pointermove", (event) => {
    const here = `${event.screenX} ${event.screenY}`;
    const picture = here !== pointer && pictureOf(event.target);
    pointer = here;
    if (picture) point(picture, event.target.closest("circle[data-n]"));
  });

  document.addEventListener("click", (event) => {
    const picture = pictureOf(event.target);
    if (!picture) return;
    const lighter = event.target.closest("[data-light]");
    if (event.target.matches("circle[data-n]")) {
      event.target.closest("svg").focus({ preventScroll: true });
      entry(picture, Number(event.target.dataset.n)).querySelector("button").click();
    } else if (lighter) {
      const pressed = lighter.getAttribute("aria-pressed") === "true";
      light(picture, pressed ? null : lighter.dataset.light);
    }
  });

  // A picture that was drawn anew keeps the colours that were chosen.
  document.addEventListener("listed", (event) => {
    const picture = event.target.querySelector(".picture");
    if (!picture) return;
    picture.dataset.by = picture.querySelector("[name=picture-by]:checked").value;
    at = null;
  });

  document.addEventListener("change", (event) => {
    if (event.target.name !== "picture-by") return;
    const picture = pictureOf(event.target);
    picture.dataset.by = event.target.value;
    light(picture, null);
  });

  document.addEventListener("keydown", (event) => {
    const svg = event.target.closest?.(".picture > figure > svg");
    if (!svg) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      point(pictureOf(svg), step(svg, event.key));
    } else if (event.key === "Enter" && at && svg.contains(at)) {
      entry(pictureOf(svg), Number(at.dataset.n)).querySelector("button").click();
    } else if (event.key === "Escape") point(pictureOf(svg), null);
  });
})();
