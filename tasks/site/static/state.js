// What a reader has selected, kept in the address: a link shows the same, and back goes back.
"use strict";

{
  /** Keys of the address with what they are unless it says otherwise; versions and platform depend on data. */
  const USUAL = { platform: "", old: "", new: "", category: "", search: "", changed: "", measure: "sec/op", sort: "", pq: "", open: "", view: "strip", chart: "" };

  const read = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    return Object.fromEntries(Object.entries(USUAL).map(([key, usual]) => [key, given.get(key) ?? usual]));
  };

  perf.state = read();

  /** Take over what changed and show it; typing does not fill the history. */
  perf.select = (changes, { quietly = false } = {}) => {
    Object.assign(perf.state, changes);
    const said = new URLSearchParams(Object.entries(perf.state).filter(([key, value]) => value && value !== USUAL[key]));
    // A hash is needed to go back to a page without one.
    const address = `#${said}`;
    if (address !== location.hash) {
      if (quietly) history.replaceState(null, "", address);
      else history.pushState(null, "", address);
    }
    return perf.show();
  };

  addEventListener("popstate", () => {
    perf.state = read();
    perf.show();
  });
}
