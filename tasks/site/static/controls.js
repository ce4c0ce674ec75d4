// What a reader can choose: platform, versions, category, search, measure.
"use strict";

{
  const { element } = perf;

  const option = (value, words, chosen) => element("option", { value, selected: value === chosen }, words);

  const selector = (id, words, options, chosen, change) =>
    element("label", { for: id }, words, element("select", { id, onchange: (event) => change(event.target.value) }, options.map(([value, its]) => option(value, its, chosen))));

  const pair = (state, key, other) => (label) => {
    // Choosing the version that is there on the other side swaps the two.
    perf.select(state[other] === label ? { [key]: label, [other]: state[key], open: "" } : { [key]: label });
  };

  /** The selectors at the top: rebuilt only if what they offer changes, so that focus stays where it is. */
  perf.selectors = (platforms, index, state) => {
    const versions = index.versions.map((its) => [its.label, perf.version(its.label) + (its.provenance ? " (adopted)" : "")]);
    perf.fill(
      "selectors",
      selector("platform", "Platform", platforms.map((its) => [its.name, its.display]), state.platform, (platform) => perf.select({ platform, old: "", new: "", open: "" })),
      selector("old", "Old", versions, state.old, pair(state, "old", "new")),
      element("button", { type: "button", id: "swap", title: "Swap the versions (x)", onclick: () => perf.swap() }, "⇄ Swap"),
      selector("new", "New", versions, state.new, pair(state, "new", "old")),
      element("button", { type: "button", id: "theme", onclick: () => perf.changeTheme() }, perf.theme.shown() === "dark" ? "Light theme" : "Dark theme"),
      element("button", { type: "button", id: "keys", title: "Keyboard (?)", onclick: () => perf.help() }, "? Keys"),
    );
  };

  /** The filters above the table. */
  perf.filters = (index, state, rows) => {
    const count = (category) => rows.filter((row) => !category || row.category === category).length;
    const category = (name, words) =>
      element("button", { type: "button", class: "filter", id: `category-${name || "all"}`, "aria-pressed": String(state.category === name), onclick: () => perf.select({ category: name }) }, `${words} ${count(name)}`);
    return element(
      "div",
      { class: "filters", role: "group", "aria-label": "Filters" },
      element("div", { class: "group", role: "group", "aria-label": "Category" }, category("", "All"), index.categories.map((its) => category(its.name, its.title))),
      element("label", { for: "search" }, "Search", element("input", { id: "search", type: "search", value: state.search, placeholder: "name or description", oninput: (event) => perf.select({ search: event.target.value }, { quietly: true }) })),
      selector("measure", "Metric", index.measures.map((its) => [its.name, its.title === its.name ? its.name : `${its.title} (${its.name})`]), state.measure, (measure) => perf.select({ measure, open: "" })),
      checkbox("changed", "Significant only", state.changed),
      checkbox("pq", "Show p and q", state.pq),
      element("div", { class: "group", role: "group", "aria-label": "Download the table" }, ["csv", "md", "json"].map((form) => element("button", { type: "button", class: "filter", "data-download": form, onclick: () => perf.downloadTable(form) }, { csv: "CSV", md: "Markdown", json: "JSON" }[form]))),
    );
  };

  const checkbox = (id, words, chosen) =>
    element("label", { class: "check", for: id }, element("input", { id, type: "checkbox", checked: Boolean(chosen), onchange: (event) => perf.select({ [id]: event.target.checked ? "1" : "" }) }), words);
}
