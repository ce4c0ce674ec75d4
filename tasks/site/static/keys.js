// The keyboard: / searches, j and k or arrows go through rows, Enter opens, x swaps, ? helps.
"use strict";

{
  const { element } = perf;
  const KEYS = [["/", "search"], ["j or ↓, k or ↑", "next and previous benchmark"], ["Enter", "open or close it"], ["x", "swap the versions"], ["Escape", "close what is open, or leave the search"], ["?", "this help"]];

  perf.help = () => {
    const dialog = document.getElementById("help");
    dialog.replaceChildren(
      element("h2", {}, "Keyboard"),
      element("dl", {}, KEYS.map(([key, words]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, words)])),
      element("button", { type: "button", onclick: () => dialog.close() }, "Close"),
    );
    if (!dialog.open) dialog.showModal();
  };

  const step = (by) => {
    const rows = [...document.querySelectorAll("button.row")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement?.closest("tr")?.querySelector("button.row"));
    const next = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  const ACTIONS = {
    "/": () => {
      const search = document.getElementById("search");
      search?.focus();
      search?.select();
    },
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    x: () => perf.swap(),
    "?": () => perf.help(),
    Escape: () => perf.state.open && perf.toggle(perf.state.open),
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.getElementById("help").open) return;
    const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    // Arrows scroll, unless a row has the focus.
    if (event.key.startsWith("Arrow") && !event.target.closest?.("table.results tbody")) return;
    const action = ACTIONS[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
