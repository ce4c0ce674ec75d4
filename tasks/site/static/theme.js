// The theme that a reader has chosen, before anything is drawn: else the system's.
"use strict";

globalThis.perf = { data: new Map(), loading: new Map() };

perf.theme = {
  /** "light", "dark", or "" for the system's. A page without storage forgets. */
  chosen() {
    try {
      return localStorage.getItem("perf-theme") ?? "";
    } catch {
      return "";
    }
  },
  /** The theme that is shown. */
  shown() {
    const chosen = perf.theme.chosen();
    return chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  },
  choose(theme) {
    try {
      localStorage.setItem("perf-theme", theme);
    } catch {
      // Nothing is kept then.
    }
    document.documentElement.dataset.theme = theme;
  },
};

document.documentElement.dataset.theme = perf.theme.chosen();
