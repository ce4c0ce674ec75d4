// From data to the rows that are shown: joined, filtered, sorted.
"use strict";

{
  /** Verdicts that say that something is different, then the others, in the order of their weight. */
  const ORDER = ["regressed", "improved", "changed", "cannot decide", "inconclusive", "equivalent", "only in old", "only in new", ""];
  const CLASSES = ["unknown", "good", "acceptable", "warning", "high", "very high"];

  /** Verdicts in the few words that fit into a cell. */
  const SHORT = { inconclusive: "no change found", "": "not compared" };

  perf.isChange = (row) => ORDER.indexOf(row.verdict) < 3;
  perf.isSort = (sort) => !sort || Object.hasOwn(KEYS, sort.replace(/^-/, ""));
  perf.short = (row) => {
    const words = SHORT[row.verdict] ?? row.verdict;
    return row.counted || !perf.isChange(row) ? words : `${words}, not by Go alone`;
  };

  /** The label's place among a platform's versions. */
  const place = (index, label) => index.versions.findIndex((version) => version.label === label);

  /** What a version has of a benchmark in this measure, or in words why it has nothing. */
  const side = (index, label, benchmark, measure) => {
    const column = place(index, label);
    index.unpacked ??= perf.unpack(index.cells);
    const cell = index.unpacked[column * index.benchmarks.length + benchmark];
    const value = index.values[measure]?.[column][benchmark] ?? null;
    const words = value ? perf.value(value[0], measure) : cell.status || "not reported";
    return { ...cell, value, words, between: value ? perf.between(value, measure) : "" };
  };

  /** Every row of a pair in one measure. */
  perf.rows = (index, pair, { old, new: newer, measure }) => {
    const compared = new Map();
    const table = pair?.rows[measure];
    for (const row of table ? perf.unpack(table) : []) compared.set(row.benchmark, row);
    const none = { ratio: null, low: null, high: null, p: null, q: null, blocks: 0, verdict: "", words: "not compared", changed: false, counted: true, flags: [], delta: "", test: "", stray: "", through: "", zero: "" };
    const rows = index.benchmarks.map((about, benchmark) => ({
      ...about,
      ...(compared.get(benchmark) ?? none),
      benchmark,
      better: pair?.summary[measure]?.better ?? "lower",
      sides: [side(index, old, benchmark, measure), side(index, newer, benchmark, measure)],
      history: index.history[measure]?.map((column) => column[benchmark]) ?? [],
    }));
    // Of other measures than time, only what some version reports: else there would be nothing but blanks.
    const reported = (row) => index.values[measure]?.some((column) => column[row.benchmark]);
    return measure === "sec/op" ? rows : rows.filter(reported);
  };

  /** Those that a reader has asked for. */
  perf.chosen = (rows, { category, search, changed }) => {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    return rows.filter((row) => {
      const text = `${row.category}.${row.name} ${row.description}`.toLowerCase();
      return (!category || row.category === category) && (!changed || row.changed) && words.every((word) => text.includes(word));
    });
  };

  const size = (row) => (row.ratio === null ? Infinity : Math.abs(Math.log(row.ratio)));
  const worst = (row) => Math.max(...row.sides.map((its) => CLASSES.indexOf(its.class)));
  const value = (number) => (row) => row.sides[number].value?.[0] ?? null;

  /** What rows can be sorted by, each as what is compared; null is nothing, and comes last either way. */
  const KEYS = {
    name: (row) => row.name.toLowerCase(),
    old: value(0),
    new: value(1),
    change: (row) => row.ratio,
    precision: (row) => (row.low === null ? null : Math.log(row.high / row.low)),
    verdict: (row) => (row.verdict ? ORDER.indexOf(row.verdict) : null),
    p: (row) => row.p,
    q: (row) => row.q,
    class: (row) => worst(row) || null,
  };

  const by = (...keys) => (a, b) => {
    for (const key of keys) {
      const [one, other] = [key(a), key(b)];
      if (one !== other) return one < other ? -1 : 1;
    }
    return 0;
  };

  /** Sorted as "change" or "-change" says; usually what changed first, the largest of it before. */
  perf.sorted = (rows, sort) => {
    const weight = by((row) => !perf.isChange(row), (row) => !row.counted, (row) => (perf.isChange(row) ? -size(row) : 0), (row) => ORDER.indexOf(row.verdict), KEYS.name);
    const key = KEYS[sort.replace(/^-/, "")];
    if (!key) return [...rows].sort(weight);
    const way = sort.startsWith("-") ? -1 : 1;
    return [...rows].sort((a, b) => {
      const [one, other] = [key(a), key(b)];
      if (one === other) return by(KEYS.name)(a, b);
      if (one === null || other === null) return one === null ? 1 : -1;
      return one < other ? -way : way;
    });
  };

  perf.worstClass = (row) => CLASSES[worst(row)];
}
