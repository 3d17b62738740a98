"use strict";
// The box that finds a node by name: a combobox, usable with the keyboard alone.

const field = document.getElementById("search");
const list = document.getElementById("hits");
const index = ranked.map((node) => ({ id: node.id, kind: node.kind, name: node.full, key: `${node.full} ${node.also || ""}`.toLowerCase() }));
let at = 0;

function search(words) {
  const wanted = words.toLowerCase().trim();
  if (!wanted) return [];
  const score = (entry) => {
    const name = entry.name.toLowerCase();
    const place = entry.kind === "Result" ? 3 : 0;
    return place + (name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2);
  };
  return index.filter((entry) => entry.key.includes(wanted)).map((entry, order) => [score(entry), order, entry])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, 12).map((hit) => hit[2]);
}

function showHits() {
  const hits = search(field.value);
  at = Math.min(at, Math.max(hits.length - 1, 0));
  const rows = hits.map((hit, row) => {
    const item = element("li", { role: "option", id: `hit${row}`, "aria-selected": String(row === at) },
      glyph(hit.kind), element("span", {}, hit.name), element("small", {}, hit.kind));
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(hit.id); });
    return item;
  });
  if (field.value.trim() && !hits.length) rows.push(element("li", {}, element("small", {}, "Nothing in this picture has that name.")));
  list.replaceChildren(...rows);
  list.hidden = !rows.length;
  field.setAttribute("aria-expanded", String(!list.hidden));
  if (hits.length) field.setAttribute("aria-activedescendant", `hit${at}`);
  else field.removeAttribute("aria-activedescendant");
  return hits;
}

function choose(id) {
  field.value = "";
  at = 0;
  showHits();
  open(id);
  document.getElementById("panel").focus();
}

field.addEventListener("input", () => { at = 0; showHits(); });
field.addEventListener("blur", () => { list.hidden = true; field.setAttribute("aria-expanded", "false"); });
field.addEventListener("focus", showHits);
field.addEventListener("keydown", (event) => {
  const hits = search(field.value);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    at = hits.length ? (at + (event.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length : 0;
    showHits();
  } else if (event.key === "Enter" && hits.length) {
    event.preventDefault();
    choose(hits[at].id);
  } else if (event.key === "Escape") {
    event.stopPropagation();
    field.value = "";
    showHits();
    field.blur();
  }
});
