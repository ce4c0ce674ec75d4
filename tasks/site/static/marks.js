// Small marks in cells, each beside the words that say the same.
"use strict";

{
  const { drawn } = perf;
  const WIDTH = 190;
  const HEIGHT = 18;
  const EDGE = 8;

  const GLYPHS = { down: "▼", up: "▲", changed: "◆", equivalent: "■", inconclusive: "○", "cannot decide": "?", "only in old": "←", "only in new": "→", "": "–" };
  const FOUND = ["improved", "regressed", "changed"];
  const CLASSES = { good: "●", acceptable: "◕", warning: "◑", high: "◔", "very high": "○", unknown: "–" };

  /** Which way a verdict means that values have gone: "down", "up", or nothing. */
  perf.way = (verdict, better) => ({ improved: better === "higher" ? "up" : "down", regressed: better === "higher" ? "down" : "up" })[verdict] ?? "";

  /** A shape for a verdict or a class: never colour alone. Arrows point to where the change goes. */
  perf.glyph = (verdict, better) => GLYPHS[perf.way(verdict, better) || verdict] ?? "–";
  perf.classGlyph = (name) => CLASSES[name];

  /** How far the common axis reaches, as a change: what nine of ten intervals need, a round number. */
  perf.reach = (rows) => {
    const ends = rows.flatMap((row) => (row.low === null ? [] : [Math.abs(Math.log(row.low)), Math.abs(Math.log(row.high))])).filter(Number.isFinite);
    ends.sort((a, b) => a - b);
    const needed = Math.expm1(ends[Math.floor(ends.length * 0.9)] ?? 0.05);
    return [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10].find((step) => step >= needed) ?? 10;
  };

  const position = (ratio, reach) => {
    const part = Math.log(ratio) / Math.log1p(reach);
    return WIDTH / 2 + Math.max(-1, Math.min(1, part)) * (WIDTH / 2 - EDGE);
  };

  const picture = (...marks) => drawn("svg", { class: "mark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true", focusable: "false" }, ...marks);

  const text = (x, anchor, words) => drawn("text", { x, y: 12, "text-anchor": anchor }, words);

  /** The axis above the column. */
  perf.axis = (reach) => {
    const percent = (ratio) => `${perf.percent(ratio)} %`.replace(".0", "");
    return picture(
      text(EDGE, "start", percent(1 / (1 + reach))),
      text(WIDTH / 2, "middle", "0"),
      text(WIDTH - EDGE, "end", percent(1 + reach)),
    );
  };

  /** A change and its interval on that axis; an arrow where it goes on beyond. */
  perf.forest = (row, reach) => {
    const middle = drawn("line", { class: "zero", x1: WIDTH / 2, x2: WIDTH / 2, y1: 0, y2: HEIGHT });
    if (row.ratio === null || row.ratio <= 0) return picture(middle);
    const marks = [middle];
    const y = HEIGHT / 2;
    if (row.low) {
      const [from, to] = [position(row.low, reach), position(row.high, reach)];
      marks.push(drawn("line", { class: `interval ${kind(row)}`, x1: from, x2: Math.max(to, from + 1), y1: y, y2: y }));
      if (row.low < 1 / (1 + reach)) marks.push(drawn("path", { class: `end ${kind(row)}`, d: `M ${EDGE - 6} ${y} l 6 -4 v 8 z` }));
      if (row.high > 1 + reach) marks.push(drawn("path", { class: `end ${kind(row)}`, d: `M ${WIDTH - EDGE + 6} ${y} l -6 -4 v 8 z` }));
    }
    const x = position(row.ratio, reach);
    marks.push(drawn("path", { class: `point ${kind(row)}`, d: shape(row, x, y) }));
    return picture(marks);
  };

  /** The class that colours a mark: only what counts as Go's is coloured as better or worse. */
  const kind = (row) => (row.counted && perf.isChange(row) ? row.verdict : "none");

  const shape = (row, x, y) => {
    const way = perf.way(kind(row), row.better);
    if (way === "down") return `M ${x} ${y + 5} l -5 -9 h 10 z`;
    if (way === "up") return `M ${x} ${y - 5} l -5 9 h 10 z`;
    if (kind(row) === "changed") return `M ${x} ${y - 5} l 5 5 l -5 5 l -5 -5 z`;
    return `M ${x - 3} ${y - 3} h 6 v 6 h -6 z`;
  };

  /** Every version against the oldest, on a line of its own height; versions without a comparison leave a gap. */
  perf.sparkline = (history) => {
    const ratios = history.map((its, place) => (place === 0 ? 1 : (its?.[0] ?? null)));
    const known = ratios.filter((ratio) => ratio !== null);
    const [width, height] = [72, HEIGHT];
    const reach = Math.max(0.02, ...known.map((ratio) => Math.abs(Math.log(ratio))));
    const x = (place) => 4 + (place * (width - 8)) / Math.max(1, ratios.length - 1);
    const y = (ratio) => height / 2 - (Math.log(ratio) / reach) * (height / 2 - 3);
    let line = "";
    // Where nothing was found, in one path: there are hundreds.
    let plain = "";
    const dots = [];
    ratios.forEach((ratio, place) => {
      if (ratio === null) return;
      line += `${line && ratios[place - 1] !== null ? "L" : "M"} ${x(place).toFixed(1)} ${y(ratio).toFixed(1)} `;
      const found = place > 0 && FOUND.includes(history[place]?.[3]);
      if (found) dots.push(drawn("circle", { class: `dot ${history[place][3]}`, cx: x(place), cy: y(ratio), r: 2.5 }));
      else plain += `M ${x(place).toFixed(1)} ${y(ratio).toFixed(1)} h 0 `;
    });
    return drawn("svg", { class: "mark spark", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true", focusable: "false" },
      drawn("line", { class: "zero", x1: 0, x2: width, y1: height / 2, y2: height / 2 }), drawn("path", { class: "trend", d: line }), drawn("path", { class: "plain", d: plain }), dots);
  };

  /** A change against the oldest version as a cell of the heat map has it. */
  perf.step = ([ratio, , , verdict]) => (ratio !== null ? perf.percent(ratio) : FOUND.includes(verdict) ? "from or to 0" : "0");

  /** The same in full. */
  perf.historyWord = ([ratio, low, high, verdict]) => `${ratio !== null ? perf.change({ ratio, low, high }) : FOUND.includes(verdict) ? "from or to zero" : "zero among the values"}, ${verdict}`;

  /** The same in words. */
  perf.historyWords = (index, history) =>
    index.versions
      .slice(1)
      .map((version, place) => {
        const its = history[place + 1];
        return `${perf.version(version.label)} ${its ? perf.historyWord(its) : "not compared"}`;
      })
      .join(", ");
}
