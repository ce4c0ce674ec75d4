// Numbers as people read them. Everything in data is in base units: seconds, bytes, fractions.
"use strict";

{
  const DECIMAL = [[1, ""], [1e-3, "m"], [1e-6, "µ"], [1e-9, "n"]];
  const BINARY = [[2 ** 40, "Ti"], [2 ** 30, "Gi"], [2 ** 20, "Mi"], [2 ** 10, "Ki"], [1, ""]];

  /** [factor, unit as written] for values of such a size in a unit of measure. */
  const scale = (value, measure) => {
    const [above, below] = measure.split("/");
    const per = below && below !== "op" ? `/${below}` : "";
    if (/(^|-)sec$/.test(above)) {
      const [factor, prefix] = DECIMAL.find(([size]) => Math.abs(value) >= size) ?? DECIMAL.at(-1);
      return [factor, `${prefix}s${per}`];
    }
    if (above === "B") {
      const [factor, prefix] = BINARY.find(([size]) => Math.abs(value) >= size) ?? BINARY.at(-1);
      return [factor, `${prefix}B${per}`];
    }
    return [1, ""];
  };

  const digits = (value) => {
    const size = Math.abs(value);
    if (size === 0 || Number.isInteger(value)) return String(value);
    // Three digits say more than most samples do. From here on they would be written with an exponent.
    return size >= 999.5 ? value.toFixed(0) : value.toPrecision(3);
  };

  /** "s", "B/s", "": the unit of values of a measure, without a prefix. */
  perf.unit = (measure) => scale(1, measure)[1];

  /** "13.2 ns". */
  perf.value = (value, measure) => {
    const [factor, unit] = scale(value, measure);
    return unit ? `${digits(value / factor)} ${unit}` : digits(value);
  };

  /** "13.1 – 13.4", in the unit of the value between them; empty without an interval. */
  perf.between = ([value, low, high], measure) => {
    if (low === null || high === null || low === high) return "";
    const [factor] = scale(value, measure);
    return `${digits(low / factor)} – ${digits(high / factor)}`;
  };

  /** A ratio as a change: "−4.1", without a sign if it rounds to nothing. */
  perf.percent = (ratio) => {
    const text = Math.abs((ratio - 1) * 100).toFixed(1);
    if (text === "0.0") return text;
    return `${ratio < 1 ? "−" : "+"}${text}`;
  };

  /** "−4.1 % (−5.0 … −3.2)". */
  perf.change = ({ ratio, low, high }) => {
    if (ratio === null) return "";
    const around = low === null ? "" : ` (${perf.percent(low)} … ${perf.percent(high)})`;
    return `${perf.percent(ratio)} %${around}`;
  };

  /** A probability: "0.013", "< 0.001". */
  perf.probability = (p) => (p === null ? "" : p < 0.001 ? "< 0.001" : p.toFixed(3));

  /** "Go 1.24" of go1.24. */
  perf.version = (label) => label.replace(/^go/, "Go ");

  /** A time of data, in UTC. */
  perf.time = (text) => (text ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : "unknown");

  perf.capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
}
