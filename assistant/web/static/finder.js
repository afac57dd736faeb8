// The search inside the article that shows: its hits are painted over the text, which stays as it is.
(() => {
  "use strict";

  const $ = (selector) => document.querySelector(selector);
  let ranges = [];
  let at = -1;

  // Where the words stand, as ranges: nothing in the article is changed.
  function rangesOf(words) {
    const pattern = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    return [...document.querySelectorAll(".article-place :is(h2, .text > p)")].flatMap((block) => {
      const nodes = [];
      const walker = document.createTreeWalker(block);
      let text = "";
      while (walker.nextNode()) {
        const node = walker.currentNode;
        if (node.nodeName === "BR") text += "\n";
        if (!node.data) continue;
        nodes.push([text.length, node]);
        text += node.data;
      }
      return [...text.matchAll(new RegExp(pattern, "giu"))].map((match) => {
        const end = match.index + match[0].length;
        const [from, first] = nodes.findLast(([start]) => start <= match.index);
        const [until, last] = nodes.findLast(([start]) => start < end);
        return new StaticRange({
          startContainer: first,
          startOffset: match.index - from,
          endContainer: last,
          endOffset: end - until,
        });
      });
    });
  }

  function paint(name, painted) {
    if (!window.Highlight) return;
    const highlight = new Highlight();
    for (const range of painted) highlight.add(range);
    CSS.highlights.set(name, highlight);
  }

  function search() {
    const words = $(".finder input").value.trim();
    ranges = words ? rangesOf(words) : [];
    at = -1;
    paint("hits", ranges);
    paint("hit", []);
    $(".finder output").textContent = words && !ranges.length ? "None" : "";
    for (const button of document.querySelectorAll("[data-hit]")) button.disabled = !ranges.length;
  }

  function showHit(by) {
    if (!ranges.length) return;
    at = at < 0 && by < 0 ? ranges.length - 1 : (at + by + ranges.length) % ranges.length;
    paint("hit", [ranges[at]]);
    $(".finder output").textContent = `${at + 1} of ${ranges.length}`;
    const pane = $("#sources-column");
    const hit = document.createRange();
    hit.setStart(ranges[at].startContainer, ranges[at].startOffset);
    hit.setEnd(ranges[at].endContainer, ranges[at].endOffset);
    const top = hit.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollBy({ top: top - pane.clientHeight / 2, behavior: "instant" });
  }

  document.addEventListener("input", (event) => {
    if (event.target.closest(".finder")) {
      search();
      if (ranges.length) showHit(1);
    }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-hit]");
    if (button) showHit(Number(button.dataset.hit));
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.matches(".finder input")) showHit(event.shiftKey ? -1 : 1);
  });

  document.addEventListener("article", search); // the words stay in the box
})();
