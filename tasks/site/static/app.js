// From what is selected to what is shown.
"use strict";

{
  let drawing = 0;

  const VIEWS = ["strip", "box", "ecdf"];

  /** As many rows as the window has room for below the headline, and some more. */
  const inSight = () => Math.ceil(innerHeight / 60);

  /** When what was drawn can be seen; in a tab that nobody looks at, at once. */
  const painted = () => new Promise((resolve) => (document.hidden ? resolve() : requestAnimationFrame(() => setTimeout(resolve))));

  /** Selections that data don't know become the usual ones. */
  const settle = (platforms, index, state) => {
    const labels = index.versions.map((its) => its.label);
    const [usualOld, usualNew] = platforms.find((its) => its.name === index.name).pair;
    if (!labels.includes(state.new)) state.new = usualNew;
    if (!labels.includes(state.old) || state.old === state.new) state.old = state.new === usualOld ? usualNew : usualOld;
    if (!index.measures.some((its) => its.name === state.measure)) state.measure = index.measures[0]?.name ?? "sec/op";
    if (!index.categories.some((its) => its.name === state.category)) state.category = "";
    if (!perf.isChart(state.chart)) state.chart = "";
    if (!perf.isSort(state.sort)) state.sort = "";
    if (!VIEWS.includes(state.view)) state.view = VIEWS[0];
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
    const places = placesOf(focus, state);
    perf.selectors(platforms, index, state);
    perf.tell("headline", perf.headline(index, pair, state));
    perf.fill("said", `${rows.length} of ${all.length} benchmarks`);
    // What is in sight comes first, unless a reader is somewhere below.
    const { table, more } = perf.table(index, rows, state, scrollY || state.open ? rows.length : inSight());
    perf.fill("results", perf.filters(index, state, all), rows.length ? table : perf.element("p", { class: "empty" }, "No benchmark fits these filters."));
    perf.fill("findings", perf.findings(index));
    perf.fill("system", perf.system(index, state));
    const left = refocus(focus);
    hold(places);
    await painted();
    performance.mark("in sight");
    if (mine !== drawing) return;
    more();
    if (mine === 1) performance.mark("shown");
    const open = rows.find((row) => row.name === state.open);
    await Promise.all([open && perf.details(index, open, state), perf.charts(index, pair, rows, state)]);
    if (mine !== drawing) return;
    // What had the focus may be in a row's details, or among the charts.
    if ([left, document.body].includes(document.activeElement)) refocus(focus);
    // What was drawn in between may have pushed it away.
    hold(places);
    if (mine === 1) document.getElementById("details")?.closest("tr").previousElementSibling.scrollIntoView({ behavior: "instant" });
    document.body.dataset.shown = String(mine);
  };

  /** How often the page was drawn; its body says which of these is all there. */
  perf.drawings = () => drawing;

  /** What has the focus, so that drawing anew does not take it away: by its id, or the row that it is in. */
  const focused = () => {
    const active = document.activeElement;
    return { id: active?.id, row: perf.rowOf(active)?.dataset.row, from: active?.selectionStart ?? null };
  };

  /** Give it back; what has it then. */
  const refocus = ({ id, row, from }) => {
    const again = (id && document.getElementById(id)) || (row && perf.rowButtons().find((its) => its.dataset.row === row));
    if (again && again !== document.activeElement) {
      again.focus({ preventScroll: true });
      if (from !== null && again.type === "search") again.setSelectionRange(from, from);
    }
    return document.activeElement;
  };

  /** What should stay where it is on the screen: what has the focus, or the row that it is in, or that is open. */
  const placesOf = ({ id, row }, state) => {
    const finders = [() => (id ? document.getElementById(id) : null), () => perf.rowButtons().find((its) => its.dataset.row === (row ?? state.open))];
    return finders.map((find) => ({ find, before: find()?.getBoundingClientRect().top }));
  };

  /** Scroll so that the first of these that is there is where it was. */
  const hold = (places) => {
    for (const { find, before } of places) {
      const now = before === undefined ? undefined : find()?.getBoundingClientRect().top;
      if (now === undefined) continue;
      scrollBy({ top: now - before, behavior: "instant" });
      return;
    }
  };

  perf.toggle = (name) => perf.select({ open: perf.state.open === name ? "" : name });
  perf.swap = () => perf.select({ old: perf.state.new, new: perf.state.old });
  perf.changeTheme = () => {
    perf.theme.choose(perf.theme.shown() === "dark" ? "light" : "dark");
    return perf.show();
  };

  // Its own address would take the place of what is selected.
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("results").focus();
  });

  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => perf.show());
  perf.show();
}
