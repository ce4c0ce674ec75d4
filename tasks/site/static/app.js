// From what is selected to what is shown.
"use strict";

{
  let drawing = 0;

  /** Selections that data don't know become the usual ones. */
  const settle = (platforms, index, state) => {
    const labels = index.versions.map((its) => its.label);
    const [usualOld, usualNew] = platforms.find((its) => its.name === index.name).pair;
    if (!labels.includes(state.new)) state.new = usualNew;
    if (!labels.includes(state.old)) state.old = state.new === usualOld ? usualNew : usualOld;
    if (!index.measures.some((its) => its.name === state.measure)) state.measure = index.measures[0]?.name ?? "sec/op";
    if (!index.categories.some((its) => its.name === state.category)) state.category = "";
  };

  /** Show what the state says; what is loaded too late for it is not shown. */
  perf.show = async () => {
    const mine = ++drawing;
    const state = perf.state;
    const platforms = await perf.load("platforms");
    if (!platforms.some((its) => its.name === state.platform)) state.platform = platforms[0].name;
    const index = await perf.load(`${state.platform}/index`);
    if (!index) {
      perf.fill("headline", perf.element("p", {}, `The data of ${state.platform} could not be loaded: data/${state.platform}/index.js is missing.`));
      return;
    }
    settle(platforms, index, state);
    const pair = index.pairs.includes(`${state.old}-${state.new}`) ? await perf.load(`${state.platform}/pairs/${state.old}-${state.new}`) : null;
    if (mine !== drawing) return;
    const all = perf.rows(index, pair, state);
    const rows = perf.sorted(perf.chosen(all, state), state.sort);
    perf.shown = { index, pair, rows };
    const focus = focused();
    perf.selectors(platforms, index, state);
    perf.fill("headline", perf.headline(index, pair, state));
    const table = perf.table(index, rows, state);
    perf.fill("results", perf.filters(index, state, all), rows.length ? table : perf.element("p", { class: "empty" }, "No benchmark fits these filters."));
    perf.fill("findings", perf.findings(index));
    perf.fill("system", perf.system(index, state));
    refocus(focus);
    if (mine === 1) performance.mark("shown");
    const open = rows.find((row) => row.name === state.open);
    await Promise.all([open && perf.details(index, open, state), perf.charts(index, pair, rows, state)]);
    if (mine === drawing) document.body.dataset.shown = String(mine);
  };

  /** How often the page was drawn; its body says which of these is all there. */
  perf.drawings = () => drawing;

  /** What has the focus, so that drawing anew does not take it away. */
  const focused = () => {
    const active = document.activeElement;
    return { id: active?.id, row: active?.dataset?.row, from: active?.selectionStart ?? null, words: active?.tagName === "BUTTON" ? active.textContent : "" };
  };

  const refocus = ({ id, row, from, words }) => {
    const again =
      (id && document.getElementById(id)) ||
      (row && [...document.querySelectorAll("button.row")].find((its) => its.dataset.row === row)) ||
      (words && [...document.querySelectorAll("button")].find((its) => its.textContent === words));
    if (!again || again === document.activeElement) return;
    again.focus({ preventScroll: true });
    if (from !== null && again.type === "search") again.setSelectionRange(from, from);
  };

  perf.toggle = (name) => perf.select({ open: perf.state.open === name ? "" : name });
  perf.swap = () => perf.select({ old: perf.state.new, new: perf.state.old });
  perf.changeTheme = () => {
    perf.theme.choose(perf.theme.shown() === "dark" ? "light" : "dark");
    return perf.show();
  };

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => perf.show());
  perf.show();
}
