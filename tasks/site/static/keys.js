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

  perf.rowButtons = () => [...document.querySelectorAll("button.row")];

  /** The button of the row that an element is in, also of one in its details. */
  perf.rowOf = (element) => {
    const details = element?.closest?.("tr.details");
    return (details ? details.previousElementSibling : element?.closest?.("tr"))?.querySelector("button.row") ?? null;
  };

  const step = (by) => {
    const rows = perf.rowButtons();
    if (!rows.length) return;
    const at = rows.indexOf(perf.rowOf(document.activeElement));
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
    const typing = event.target.matches("select, textarea, input:not([type=checkbox])");
    if (typing) {
      if (event.key === "Escape") {
        // A browser would empty the field, and the filter would stay.
        event.preventDefault();
        event.target.blur();
      }
      return;
    }
    // Arrows scroll, unless a row has the focus.
    if (event.key.startsWith("Arrow") && !event.target.matches("button.row")) return;
    const action = ACTIONS[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}
