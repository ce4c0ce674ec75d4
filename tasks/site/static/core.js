// Data files and elements. Whatever comes from data becomes text, never markup.
"use strict";

/** What a data file calls: "linux-amd64/index" and what it holds. */
perf.add = (name, value) => perf.data.set(name, value);

/** A data file, loaded as a script, since pages opened from a disk may not fetch; null if it is not there. */
perf.load = (name) => {
  if (perf.data.has(name)) return Promise.resolve(perf.data.get(name));
  if (!perf.loading.has(name)) {
    const loading = perf.script(`data/${name}.js`).then((there) => {
      // What could not be loaded may be there the next time.
      if (!there) perf.loading.delete(name);
      return perf.data.get(name) ?? null;
    });
    perf.loading.set(name, loading);
  }
  return perf.loading.get(name);
};

/** Run a script of this site; false if it is not there. */
perf.script = (source) =>
  new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(true);
    script.onerror = () => resolve(false);
    document.head.append(script);
  });

/** Rows with names for their fields. */
perf.unpack = (table) =>
  table.rows.map((row) => Object.fromEntries(table.fields.map((field, place) => [field, row[place]])));

const SVG = "http://www.w3.org/2000/svg";

/** An element: attributes by name ("on..." are listeners), then children; strings are text. */
perf.element = (name, attributes = {}, ...children) => build(document.createElement(name), attributes, children);

/** The same of SVG. */
perf.drawn = (name, attributes = {}, ...children) => build(document.createElementNS(SVG, name), attributes, children);

function build(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

/** Children, and those in lists among them; what there is not is left out. */
function append(element, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(element, child);
    else if (child !== null && child !== undefined && child !== "") element.append(child);
  }
}

/** A link to a web address, or just the words where it is none. */
perf.link = (address, words) =>
  /^https?:\/\//.test(address) ? perf.element("a", { href: address, rel: "noopener noreferrer" }, words) : words;

/** Put these in place of what an element holds. */
perf.fill = (id, ...children) => document.getElementById(id).replaceChildren(...children.flat(Infinity).filter(Boolean));

/** The same where changes are read out: what says the same as before is left alone. */
perf.tell = (id, ...children) => {
  const place = document.getElementById(id);
  const made = [...build(document.createElement("div"), {}, children).childNodes];
  const isSame = made.length === place.childNodes.length && made.every((node, number) => node.isEqualNode(place.childNodes[number]));
  if (!isSame) place.replaceChildren(...made);
};
