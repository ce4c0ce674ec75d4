// The one table: a row for each benchmark, which opens.
"use strict";

{
  const { element } = perf;

  const heads = (index, state) => [
    ["name", "Benchmark"],
    ["old", perf.version(state.old)],
    ["new", perf.version(state.new)],
    ["change", "Change, paired"],
    ["precision", "± precision"],
    ["verdict", "Verdict"],
    ...(state.pq ? [["p", "p"], ["q", "q"]] : []),
    ...(state.measure === "sec/op" ? [["class", `Spread per ${benchtime(index, state)}sample`]] : []),
    ["", "All versions"],
  ];

  const benchtime = (index, state) => {
    const its = index.versions.find((version) => version.label === state.new)?.benchtime ?? "";
    return /^[0-9]/.test(its) ? `${its} ` : "";
  };

  /** A head that sorts: once up, twice down, three times as usual. */
  const head = ([key, words], state, reach) => {
    const axis = key === "change" ? perf.axis(reach) : null;
    if (!key) return element("th", { scope: "col", role: "columnheader", class: "of-history" }, words);
    const sorted = state.sort === key ? "ascending" : state.sort === `-${key}` ? "descending" : "none";
    const next = { none: key, ascending: `-${key}`, descending: "" }[sorted];
    return element(
      "th",
      { scope: "col", role: "columnheader", "aria-sort": sorted, class: `of-${key}` },
      element("button", { type: "button", class: "sort", id: `sort-${key}`, onclick: () => perf.select({ sort: next }) }, words, element("span", { class: "arrow", "aria-hidden": "true" }, { none: "", ascending: " ↑", descending: " ↓" }[sorted])),
      axis,
    );
  };

  const cell = (name, title, ...children) => element("td", { role: "cell", class: `of-${name}`, "data-head": title }, ...children);

  const small = (words, name = "") => (words ? element("span", { class: `small ${name}` }, words) : null);

  const value = (name, title, side) =>
    cell(name, title, element("span", { class: side.value ? "value" : "nothing" }, side.words), small(side.between), side.value && side.status ? small(side.status, "warn") : null);

  const name = (row, state) => {
    const open = state.open === row.name;
    return element(
      "th",
      { scope: "row", role: "rowheader", class: "of-name" },
      element("button", { type: "button", class: "row", "aria-expanded": String(open), "data-row": row.name, onclick: () => perf.toggle(row.name) }, row.name),
      small(row.description),
    );
  };

  const classes = (row) => {
    const name = perf.worstClass(row);
    const spread = Math.max(...row.sides.map((its) => its.cv ?? 0));
    return [element("span", { class: `class ${name.replace(" ", "-")}` }, `${perf.classGlyph(name)} ${perf.capital(name)}`), small(spread ? `CV ${(spread * 100).toFixed(1)} %` : "")];
  };

  const precision = (row) => (row.low === null ? "" : `± ${(Math.expm1(Math.log(row.high / row.low) / 2) * 100).toFixed(1)} %`);

  const change = (row) =>
    row.ratio === null ? element("span", { class: "nothing" }, row.zero || (row.delta && row.delta !== "~" ? `${row.delta} (not paired)` : "no pairs")) : [element("span", { class: "value" }, perf.change(row)), row.through ? small(`through ${perf.version(row.through)}`) : null];

  const line = (index, row, state, reach) => {
    const titles = Object.fromEntries(heads(index, state));
    return element(
      "tr",
      { role: "row", class: row.counted ? "" : "flagged" },
      name(row, state),
      value("old", titles.old, row.sides[0]),
      value("new", titles.new, row.sides[1]),
      cell("change", titles.change, perf.forest(row, reach), change(row), row.stray ? small(perf.capital(row.stray.split(": ").at(-1)), "warn") : null),
      cell("precision", titles.precision, precision(row)),
      cell("verdict", titles.verdict, element("span", { class: `verdict ${row.counted && perf.isChange(row) ? row.verdict : "none"}` }, `${perf.glyph(row.verdict, row.better)} ${perf.short(row)}`)),
      ...(state.pq ? [cell("p", "p", perf.probability(row.p)), cell("q", "q", perf.probability(row.q))] : []),
      titles.class ? cell("class", titles.class, classes(row)) : null,
      cell("history", "All versions", perf.sparkline(row.history), element("span", { class: "hidden" }, perf.historyWords(index, row.history))),
    );
  };

  /** Rows of the table; the one that is open has its details below it. */
  const lines = (index, rows, state, reach) =>
    rows.flatMap((row) => {
      const made = [line(index, row, state, reach)];
      if (state.open === row.name) made.push(element("tr", { role: "row", class: "details" }, element("td", { role: "cell", colspan: heads(index, state).length, id: "details" }, "Loading …")));
      return made;
    });

  /** The table of these rows, of which only so many are there at once; `more` brings the others. */
  perf.table = (index, rows, state, atOnce) => {
    const reach = perf.reach(rows);
    const columns = heads(index, state);
    const body = element("tbody", { role: "rowgroup" }, lines(index, rows.slice(0, atOnce), state, reach));
    const table = element(
      "table",
      { role: "table", class: "results" },
      element("caption", {}, `${rows.length} benchmark${rows.length === 1 ? "" : "s"}: ${perf.version(state.old)} → ${perf.version(state.new)}, ${state.measure}. Intervals are of 95 %; marks reach to ${perf.percent(1 + reach)} %.`),
      element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, columns.map((its) => head(its, state, reach)))),
      body,
    );
    return { table, more: () => body.append(...lines(index, rows.slice(atOnce), state, reach)) };
  };
}
