// The answer in words, what to know before any number, findings that hold, and where the samples come from.
"use strict";

{
  const { element } = perf;

  /** Why there is no comparison. */
  const why = (index, state) => {
    if (index.versions.length < 2) return "One version is measured here. To compare, add another to config.yaml.";
    const name = `${state.old}-${state.new}`;
    if (index.pairs.includes(name)) return `Their comparison could not be loaded: data/${index.name}/pairs/${name}.js is missing.`;
    return "These two were not compared in this export: only their values are shown.";
  };

  /** What it takes to be called so. */
  const rule = ({ alpha, margin, equivalence_margin: equivalence }) => `improved or regressed: q at most ${alpha}, and by more than both ${percent(margin)} and the noise floor of the benchmark; equivalent: the 90 % interval lies within ±${percent(equivalence)}`;

  const percent = (fraction) => `${Number((fraction * 100).toPrecision(3))} %`;

  /** The verdict in words. */
  perf.headline = (index, pair, state) => {
    const title = `${perf.version(state.old)} → ${perf.version(state.new)}`;
    document.title = `${title}, ${index.display}`;
    const summary = pair?.summary[state.measure];
    const said = [element("h2", {}, title, element("span", { class: "small" }, ` ${index.display}, ${state.measure}`))];
    if (!pair) return [...said, element("p", {}, why(index, state))];
    if (!summary) return [...said, element("p", {}, `Neither version reports ${state.measure}.`)];
    said.push(
      element("ul", { class: "counts" }, summary.counts.map((its) => element("li", { class: `verdict ${its.verdict.replaceAll(" ", "-")}` }, `${perf.glyph(its.verdict, summary.better)} `, element("strong", {}, String(its.count)), ` ${its.words}`)),
        summary.flagged ? element("li", { class: "verdict flag" }, "⚑ ", element("strong", {}, String(summary.flagged)), " not by Go alone, counted nowhere") : null),
      element("p", {}, summary.geomean ? perf.capital(summary.geomean.words) : "No geometric mean: no benchmark that counts was measured in pairs of these two", summary.floor ? `; ${summary.floor}.` : "."),
    );
    const banner = pair.banner.map((words) => element("li", {}, words));
    if (banner.length) said.push(element("div", { class: "banner", role: "note", "aria-label": "Before you compare" }, element("ul", {}, banner)));
    said.push(element("ul", { class: "notes" }, [rule(pair.rules), ...pair.notes].map((words) => element("li", {}, words))));
    return said;
  };

  /** Claims that hold here, and how many do not or are open. */
  perf.findings = (index) => {
    const { holds, counts } = index.findings;
    if (!counts) return [];
    const others = `${counts.contradicted} contradicted by these results, ${counts["not enough data"]} open`;
    return [
      element("h2", {}, "Findings"),
      element("p", {}, `Claims of release notes and of our own, each with the day on which its condition was written down; ${counts.holds} hold here (${others}).`),
      element("ul", { class: "findings" }, holds.map((its) => element("li", {}, element("strong", {}, its.says), ` ${its.why} `, element("span", { class: "small" }, its.about, ". Source: ", perf.link(its.url, its.source), `; condition written ${its.written}.`)))),
    ];
  };

  perf.environment = (version) => Object.entries(version.environment).map(([name, value]) => `${name}=${value}`).join(" ") || "none";

  const gigabytes = (bytes) => (bytes ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : "unknown");

  /** Machine, versions and settings of both sides. */
  perf.system = (index, state) => {
    const sides = [state.old, state.new].map((label) => index.versions.find((its) => its.label === label));
    const rows = [
      ["Go", (its) => its.go || its.label],
      ["CPU", (its) => its.system.cpu],
      ["Cores", (its) => its.system.cores],
      ["Memory", (its) => gigabytes(its.system.memory_bytes)],
      ["OS", (its) => `${its.system.os}, ${its.system.os_release}`],
      ["Kernel", (its) => its.system.kernel],
      ["Architecture", (its) => its.system.arch],
      ["Settings", (its) => `${its.benchtime} samples, ${its.layouts} layouts, profile ${its.profile}`],
      ["Environment", perf.environment],
      ["First sample", (its) => perf.time(its.first)],
      ["Last sample", (its) => perf.time(its.collected)],
      ["Sessions", (its) => its.sessions.join(", ")],
      ["Provenance", (its) => its.provenance || "measured by this program"],
    ];
    return [
      element("h2", {}, "System"),
      element("table", { class: "plain" }, element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "of"), sides.map((its) => element("th", { scope: "col" }, perf.version(its.label))))),
        element("tbody", {}, rows.map(([words, text]) => element("tr", {}, element("th", { scope: "row" }, words), sides.map((its) => element("td", {}, String(text(its)))))))),
    ];
  };
}
