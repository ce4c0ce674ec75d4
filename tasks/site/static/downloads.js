// What is shown, to take away.
"use strict";

{
  const save = (name, content, type) => {
    const address = content instanceof Blob ? URL.createObjectURL(content) : URL.createObjectURL(new Blob([content], { type }));
    const link = perf.element("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };

  const record = (row) => ({
    benchmark: row.name,
    old_version: perf.state.old,
    new_version: perf.state.new,
    measure: perf.state.measure,
    category: row.category,
    description: row.description,
    old: row.sides[0].value?.[0] ?? null,
    old_low: row.sides[0].value?.[1] ?? null,
    old_high: row.sides[0].value?.[2] ?? null,
    new: row.sides[1].value?.[0] ?? null,
    new_low: row.sides[1].value?.[1] ?? null,
    new_high: row.sides[1].value?.[2] ?? null,
    ratio: row.ratio,
    low: row.low,
    high: row.high,
    p: row.p,
    q: row.q,
    blocks: row.blocks,
    verdict: row.verdict || "not compared",
    by_go_alone: row.counted,
    words: row.words,
  });

  /** A cell of a spreadsheet: quoted where it must be, and never a formula. */
  const csv = (value) => {
    const text = value === null ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };

  const markdown = (value) => String(value).replace(/[\\|<>`*_[\]]/g, (sign) => `\\${sign}`).replace(/\s+/g, " ");

  const FORMS = {
    csv: (rows) => `${[Object.keys(rows[0] ?? { benchmark: "" }), ...rows.map(Object.values)].map((row) => row.map(csv).join(",")).join("\r\n")}\r\n`,
    json: (rows, about) => `${JSON.stringify({ ...about, rows }, null, 2)}\n`,
    md: (rows, about, shown) => {
      const lines = shown.map((row) => [row.name, row.sides[0].words, row.sides[1].words, perf.change(row) || row.zero, perf.probability(row.q), perf.short(row)].map(markdown).join(" | "));
      return `# ${about.old} → ${about.new}, ${about.measure}\n\n${markdown(about.platform)}\n\n| benchmark | ${about.old} | ${about.new} | change, 95 % interval | q | verdict |\n|---|---:|---:|---:|---:|---|\n${lines.map((line) => `| ${line} |\n`).join("")}`;
    },
  };
  const TYPES = { csv: "text/csv", json: "application/json", md: "text/markdown" };

  const inFile = (measure) => measure.replaceAll("/", "-per-");

  /** Charts of one measure say in their name which it is. */
  const measureIn = (chart, measure) => (["delta", "heat"].includes(chart) ? `${inFile(measure)}-` : "");

  /** The rows that are shown, in their order. */
  perf.downloadTable = (form) => {
    const { index, rows } = perf.shown;
    const { old, new: newer, measure } = perf.state;
    const about = { platform: index.display, old, new: newer, measure };
    save(`${index.name}-${old}-${newer}-${inFile(measure)}.${form}`, FORMS[form](rows.map(record), about, rows), TYPES[form]);
  };

  /** The chart that is shown. */
  perf.downloadChart = async (name, form) => {
    if (!perf.shownChart) return;
    const { platform, old, new: newer, measure } = perf.state;
    const file = `${platform}-${old}-${newer}-${measureIn(name, measure)}${name}.${form}`;
    if (form === "svg") save(file, await perf.shownChart.toSVG(), "image/svg+xml");
    else (await perf.shownChart.toCanvas(2)).toBlob((blob) => save(file, blob));
  };
}
