"use strict";
// The side panel. Everything from the data becomes text nodes; nothing is ever parsed as HTML.

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "onclick") made.addEventListener("click", value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== ""));
  return made;
}

function cellElement(cell, go) {
  if (cell.node) return element("button", { type: "button", class: "go", onclick: () => go(cell.node) }, cell.text);
  if (cell.href) return element("a", { href: cell.href, target: "_blank", rel: "noopener noreferrer" }, cell.text);
  return document.createTextNode(cell.text);
}

function cellRun(cells, go) {
  return cells.flatMap((cell, index) =>
    [index ? ", " : "", cellElement(cell, go), cell.under ? element("small", {}, cell.under) : ""]);
}

const quoted = (entry) => [entry.before, entry.mark ? element("mark", {}, entry.mark) : "", entry.after || ""];

const BLOCKS = {
  quote: (block, go) =>
    element("blockquote", {}, ...quoted(block),
      block.source.length ? element("footer", {}, ...cellRun(block.source, go)) : ""),
  facts: (block, go) =>
    element("dl", {}, ...block.rows.flatMap((row) => [element("dt", {}, row.term), element("dd", {}, ...cellRun(row.cells, go))])),
  list: (block, go) =>
    element("ul", { class: "plain" }, ...block.cells.map((cell) => element("li", {}, cellElement(cell, go)))),
  claims: (block, go) =>
    element("ul", { class: "plain claims" }, ...block.claims.map((claim) =>
      element("li", {}, element("strong", {}, cellElement(claim.cell, go)), element("span", {}, ...quoted(claim))))),
  text: (block) => element("p", {}, block.text),
  table: (block, go) =>
    element("div", {},
      element("div", { class: "scroll" },
        element("table", {},
          element("thead", {}, element("tr", {}, ...block.columns.map((name) => element("th", { scope: "col" }, name)))),
          element("tbody", {}, ...block.rows.map((row) =>
            element("tr", {}, ...row.map((cells) => element("td", {}, ...cellRun(cells, go)))))))),
      block.more ? element("p", { class: "more" }, `and ${block.more.toLocaleString("en")} more`) : ""),
};

function showPanel(panel, { go, back, close, kind }) {
  const home = document.getElementById("panel");
  const buttons = [];
  if (back) buttons.push(element("button", { type: "button", id: "back", onclick: back }, "← Back"));
  if (close) buttons.push(element("button", { type: "button", id: "close", "aria-label": "Close details", onclick: close }, "✕"));
  const title = element("h2", panel.label === "Result" ? { class: "amount" } : {}, panel.name);
  const link = panel.href
    ? element("p", {}, element("a", { href: panel.href, target: "_blank", rel: "noopener noreferrer" }, "Open the paper ↗")) : "";
  const blocks = panel.blocks.flatMap((block) =>
    [block.title ? element("h3", {}, block.title) : "", BLOCKS[block.kind](block, go)]).filter((block) => block !== "");
  home.replaceChildren(element("div", { class: "bar" }, ...kind, ...buttons), title, ...(link ? [link] : []), ...blocks);
  home.scrollTop = 0;
}
