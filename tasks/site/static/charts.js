// Charts: specifications come with the site, rows from what is shown, drawing from the library, loaded when needed.
"use strict";

{
  const { element } = perf;
  const CHARTS = [["delta", "Performance change"], ["time", "Execution time"], ["memory", "Memory"], ["allocations", "Allocations"], ["heat", "Heat map"]];
  const MEASURES = { time: "sec/op", memory: "B/op", allocations: "allocs/op" };

  perf.isChart = (name) => !name || CHARTS.some(([its]) => its === name);

  let loading = null;

  /** The library with the specifications, once for all charts; null if it could not be loaded. */
  const library = () => {
    loading ??= Promise.all([perf.script("vega.js"), perf.load("charts")]).then(() => globalThis.vegaEmbed ?? null);
    return loading;
  };

  /** What a mark says, beside the pointer. */
  const tip = (_handler, event, _item, words) => {
    const place = document.getElementById("tip");
    place.hidden = !words;
    if (!words) return;
    place.textContent = words;
    place.style.left = `${Math.min(event.clientX + 12, innerWidth - place.offsetWidth - 4)}px`;
    place.style.top = `${Math.min(event.clientY + 12, innerHeight - place.offsetHeight - 4)}px`;
  };

  /** Draw rows of a measure by a specification into an element; what it drew, for downloads. */
  perf.draw = async (place, name, rows, measure) => {
    const embed = await library();
    if (!embed) {
      place.textContent = "The charts' library could not be loaded; the tables have the same numbers.";
      return null;
    }
    const spec = structuredClone(perf.data.get("charts")[perf.theme.shown()][name]);
    if (name === "values" && rows.some((row) => Math.min(row.value, row.low) <= 0)) perf.symmetric(spec, rows);
    spec.datasets = { rows };
    spec.params[0].value = perf.unit(measure);
    // Only a chart of a given height can be as wide as its place.
    if (spec.height.step) spec.height = perf.lines(rows) * spec.height.step;
    // Without evaluation of text as code, and without styles that a strict policy forbids.
    // In an element of its own, as it sets the role of the one that it draws into.
    const inside = element("div", {});
    place.replaceChildren(inside);
    const drawn = await embed(inside, spec, { actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: tip });
    // The place says in words what is drawn here.
    place.querySelector("svg")?.setAttribute("aria-hidden", "true");
    return drawn.view;
  };

  /** How many lines a chart has that gives one to each benchmark, or to each version. */
  perf.lines = (rows) => new Set(rows.map((row) => row.name ?? row.version)).size;

  /** A logarithm knows no zero. */
  perf.symmetric = (spec, rows) => {
    const most = Math.max(...rows.map((row) => row.high));
    const powers = [...Array(16).keys()].map((power) => 10 ** power).filter((value) => value <= most);
    for (const { encoding } of spec.layer) {
      encoding.x.scale = { type: "symlog", constant: 1 };
      // Its own ticks would be those of a straight axis.
      encoding.x.axis.values = [0, ...powers];
    }
  };

  perf.historyRows = (versions, measure) =>
    versions.filter(({ value }) => value).map(({ version, value: [value, low, high] }) => ({ version: perf.version(version.label), value, low: low ?? value, high: high ?? value, words: `${perf.version(version.label)}: ${perf.value(value, measure)}` }));

  perf.sampleRows = (sampled) =>
    sampled.flatMap((its) => {
      const kinds = its.parts.flatMap((part) => Array(part.samples).fill(part.retry ? "of a retry" : "sample"));
      return its.samples.map((value, place) => ({ version: perf.version(its.label), value, kind: kinds[place] ?? "sample", spread: (place * 0.618034) % 1, words: `${perf.version(its.label)}, sample ${place + 1}: ${perf.value(value, "sec/op")}` }));
    });

  const deltaRows = (rows) =>
    rows.filter((row) => row.ratio !== null && row.low !== null).map((row) => ({ name: row.name, change: (row.ratio - 1) * 100, low: (row.low - 1) * 100, high: (row.high - 1) * 100, verdict: row.counted ? row.verdict : "not by Go alone", shape: shape(row), words: `${row.name}: ${row.words}` }));

  const shape = (row) => (row.counted ? perf.way(row.verdict, row.better) || { changed: "changed", equivalent: "equivalent" }[row.verdict] : "") || "open";

  const valueRows = (rows, state, measure) =>
    rows.flatMap((row) => row.sides.map((side, number) => [side, [state.old, state.new][number]]).filter(([side]) => side.value).map(([side, label]) => {
      const [value, low, high] = side.value;
      return { name: row.name, version: perf.version(label), value, low: low ?? value, high: high ?? value, words: `${row.name}, ${perf.version(label)}: ${perf.value(value, measure)}` };
    }));

  perf.heatRows = (index, rows) =>
    rows.flatMap((row) => index.versions.slice(1).map((version, place) => {
      const its = row.history[place + 1];
      return { name: row.name, version: perf.version(version.label), verdict: its?.[3] ?? "", found: its ? worse(its) : 0, text: its ? perf.step(its) : "–", words: `${row.name}, ${perf.version(version.label)}: ${its ? perf.historyWord(its) : "not compared"}` };
    }));

  /** How much worse it has become, in percent, by its verdict: more is not always worse. From or to zero is the most. */
  const worse = ([ratio, , , verdict]) => {
    const sign = { improved: -1, regressed: 1 }[verdict] ?? 0;
    return sign && sign * (ratio === null ? 1000 : Math.abs(ratio - 1) * 100);
  };

  /** How many rows have no place on an axis of ratios. */
  const zeros = (rows) => {
    const count = rows.filter((row) => row.blocks && row.ratio === null).length;
    return count ? ` Not drawn: ${count} from, to or at zero.` : "";
  };

  const told = {
    delta: (index, state, rows) => `${state.measure}, ${perf.version(state.old)} → ${perf.version(state.new)}: paired change of each benchmark with its 95 % interval. Coloured and shaped where a change was found; to the left is less${rows.some((row) => row.better === "higher") ? ", to the right more, which is better here" : ""}.${zeros(rows)}`,
    heat: (index, state) => `${state.measure}: paired change in percent against ${perf.version(index.versions[0].label)}. Coloured only where a change was found that is Go's; a number without colour is no change that these samples show, or one that Go did not make alone. The last column of the table has the same in words.`,
  };

  /** The charts' section: which there are, and the one that is chosen. */
  perf.charts = async (index, pair, rows, state) => {
    perf.shownChart = null;
    const buttons = CHARTS.map(([name, words]) => element("button", { type: "button", class: "filter", id: `chart-${name}`, "aria-pressed": String(state.chart === name), "data-chart": name, onclick: () => perf.select({ chart: state.chart === name ? "" : name }) }, words));
    const parts = [element("h2", {}, "Charts"), element("div", { class: "group", role: "group", "aria-label": "Chart" }, buttons)];
    if (!state.chart) {
      perf.fill("charts", parts);
      return;
    }
    const measure = MEASURES[state.chart] ?? state.measure;
    const its = MEASURES[state.chart] ? perf.chosen(perf.sorted(perf.rows(index, pair, { ...state, measure }), state.sort), state) : rows;
    const [name, data] = { delta: ["delta", () => deltaRows(its)], heat: ["heat", () => perf.heatRows(index, its)] }[state.chart] ?? ["values", () => valueRows(its, state, measure)];
    const words = told[state.chart]?.(index, state, its) ?? `${CHARTS.find(([key]) => key === state.chart)[1]} (${measure}) of each benchmark in both versions with 95 % intervals, on a logarithmic axis; the table has the numbers of the metric that is chosen there.`;
    const place = element("div", { class: "chart", role: "img", "aria-label": words });
    const save = (form) => element("button", { type: "button", class: "filter", "data-save": form, onclick: () => perf.downloadChart(state.chart, form) }, `Download ${form.toUpperCase()}`);
    const figure = element("figure", {}, element("figcaption", {}, words), element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Chart" }, place));
    perf.fill("charts", parts, figure);
    const drawn = data();
    if (!drawn.length) {
      place.textContent = "No benchmark here has such numbers.";
      return;
    }
    const view = await perf.draw(place, name, drawn, measure);
    if (!view || !place.isConnected) return;
    perf.shownChart = view;
    figure.append(element("div", { class: "group" }, save("svg"), save("png")));
  };
}
