// An open row: its history, every sample, where they come from, and how to take one again.
"use strict";

{
  const { element } = perf;
  const VIEWS = [["strip", "Samples"], ["box", "Box"], ["ecdf", "ECDF"]];

  const facts = (row) => [
    ["Verdict", row.words],
    ["What differs besides Go", row.flags.join("; ")],
    ["Values", row.stray],
    ["Pairs", row.blocks ? `${row.blocks} shared blocks (it takes ${row.needed} to find a change among so many), p ${perf.probability(row.p)}, q ${perf.probability(row.q)}` : ""],
    ["benchstat says", row.delta ? `${row.delta} (${row.test})` : ""],
  ];

  const list = (pairs) =>
    element("dl", {}, pairs.filter(([, words]) => words).map(([name, words]) => [element("dt", {}, name), element("dd", {}, words)]));

  const origin = (its) => {
    const retried = its.parts.filter((part) => part.retry).reduce((sum, part) => sum + part.samples, 0);
    return `${its.samples.length} samples${retried ? `, ${retried} of them of retries` : ""}, of ${its.parts.map((part) => part.session).filter((s, i, all) => all.indexOf(s) === i).join(", ") || "no session"}`;
  };

  const range = (samples) => `${samples.length} samples from ${perf.value(Math.min(...samples), "sec/op")} to ${perf.value(Math.max(...samples), "sec/op")}`;

  const modules = (version, category) => Object.entries(version.modules[category] ?? {}).map(([name, its]) => `${name} ${its}`).join(", ") || "none";

  const command = (its) =>
    its.command
      ? element("div", { class: "command" }, element("p", { class: "small" }, `One sample of ${perf.version(its.label)} again${its.layouts > 1 ? `, in one of ${its.layouts} layouts` : ""}, from the checkout's root:`),
          element("pre", { tabindex: "0", "aria-label": `Command for ${perf.version(its.label)}` }, element("code", {}, its.command)),
          element("button", { type: "button", class: "filter", onclick: (event) => copy(event.target, its.command) }, "Copy"))
      : null;

  const copy = async (button, text) => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select the text above";
    }
  };

  /** Fill in the details of a row, once its samples are there. */
  perf.details = async (index, row, state) => {
    const found = await perf.load(`${index.name}/samples/${row.benchmark}`);
    const place = document.getElementById("details");
    if (!place || state.open !== row.name) return;
    const sampled = found?.versions ?? [];
    const versions = index.versions.map((version, column) => ({ version, value: index.values[state.measure]?.[column][row.benchmark] ?? null, cell: index.unpacked[column * index.benchmarks.length + row.benchmark], its: sampled[column] }));
    const table = element("table", { class: "plain" },
      element("thead", {}, element("tr", {}, ["Version", "Value", "Interval", "Samples", "Spread of time", "Modules", "Environment"].map((words) => element("th", { scope: "col" }, words)))),
      element("tbody", {}, versions.map(({ version, value, cell, its }) => element("tr", {},
        element("th", { scope: "row" }, perf.version(version.label)),
        element("td", {}, value ? perf.value(value[0], state.measure) : cell.status || "not reported", its?.output ? element("pre", { class: "output", tabindex: "0" }, its.output) : null),
        element("td", {}, value ? perf.between(value, state.measure) : ""),
        element("td", {}, its ? origin(its) : "", cell.excluded ? `; ${cell.excluded} excluded, of disturbed blocks` : ""),
        element("td", {}, cell.cv === null ? "" : `${perf.capital(cell.class)}, CV ${(cell.cv * 100).toFixed(1)} %${cell.noisy ? ", too noisy" : ""}`),
        element("td", {}, modules(version, row.category)),
        element("td", {}, perf.environment(version)),
      ))));
    const history = element("div", { class: "chart", role: "img", "aria-label": `Value of ${row.name} in every version: ${versions.map(({ version, value }) => `${perf.version(version.label)} ${value ? perf.value(value[0], state.measure) : "none"}`).join(", ")}` });
    const samples = element("div", { class: "chart", role: "img", "aria-label": `Every sample of ${row.name}: ${sampled.filter((its) => its.samples.length).map((its) => `${perf.version(its.label)} ${range(its.samples)}`).join(", ")}` });
    const views = element("div", { class: "group", role: "group", "aria-label": "View of the samples" }, VIEWS.map(([name, words]) => element("button", { type: "button", class: "filter", id: `view-${name}`, "aria-pressed": String(state.view === name), onclick: () => perf.select({ view: name }) }, words)));
    place.replaceChildren(
      element("div", { class: "inside" },
        list(facts(row)),
        element("p", {}, "Source: ", row.source ? perf.link(row.url, row.source) : "unknown", row.source && !row.url ? " (no link: repository is empty in config.yaml)" : ""),
        element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Every version" }, table),
        element("h3", {}, "Every version"), history,
        sampled.some((its) => its.samples.length) ? [element("h3", {}, "Every sample (time)"), views, samples] : null,
        sampled.filter((its) => its.label === state.old || its.label === state.new).map(command)),
    );
    await perf.draw(history, "history", perf.historyRows(versions, state.measure), state.measure);
    if (samples.isConnected) await perf.draw(samples, state.view, perf.sampleRows(sampled), "sec/op");
  };
}
