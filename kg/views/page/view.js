"use strict";
// The picture (vis-network draws it; the places are computed beforehand) and what can be done with it.

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const panels = read("panels");
const overview = read("overview");
const allNodes = read("nodes");
const allEdges = read("edges");
const known = new Map(allNodes.map((node) => [node.id, node]));
// Type smaller than this, in pixels, vis-network leaves out (its drawThreshold less one).
const SMALLEST = 8;
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const near = new Map(allNodes.map((node) => [node.id, new Set([node.id])]));
for (const edge of allEdges) { near.get(edge.from).add(edge.to); near.get(edge.to).add(edge.from); }

const hiddenTypes = new Set();
const past = [];
let selected = null;
let lit = null;
let hovered = null;
let hoveredEdge = null;

// ---- colours, by the reader's preference for light or dark

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const theme = {};
function readTheme() {
  for (const name of ["bg", "card", "fg", "muted", "edge", "soft", "tint"]) theme[name] = css(`--${name}`);
}

function nodeStyle(node) {
  const on = !lit || lit.has(node.id);
  const tone = node.tone;
  const fill = node.shape === "box" ? theme.tint : node.hollow ? theme.card : tone;
  const strong = { background: node.hollow ? theme.soft : tone, border: theme.fg };
  return {
    id: node.id,
    opacity: on ? 1 : 0.16,
    color: { background: fill, border: node.hollow ? tone : theme.bg, highlight: strong, hover: strong },
    ...(node.shape === "box" ? { font: { color: on ? theme.fg : theme.edge } } : {}),
  };
}

function edgeStyle(edge) {
  const on = !lit || (lit.has(edge.from) && lit.has(edge.to));
  const beats = edge.type === "OUTPERFORMS";
  const opacity = on ? (lit && !edge.faint ? 1 : edge.faint ? 0.45 : 0.9) : 0.1;
  return { id: edge.id, color: { color: beats ? theme.muted : theme.edge, highlight: theme.muted, hover: theme.fg, opacity } };
}

// ---- the picture

readTheme();
const nodeSet = new vis.DataSet(allNodes.map((node) => ({ ...node, label: node.shape === "box" ? node.label : undefined, ...nodeStyle(node) })));
const edgeSet = new vis.DataSet(allEdges.map((edge) => ({ ...edge, ...edgeStyle(edge) })));
const visible = (id) => !hiddenTypes.has(known.get(id).kind);
const nodeView = new vis.DataView(nodeSet, { filter: (node) => !hiddenTypes.has(node.kind) });
const edgeView = new vis.DataView(edgeSet, { filter: (edge) => visible(edge.from) && visible(edge.to) });
const stage = document.getElementById("graph");
const network = new vis.Network(stage, { nodes: nodeView, edges: edgeView }, read("options"));
const canvas = stage.querySelector("canvas");
canvas.setAttribute("role", "img");
canvas.setAttribute("aria-label", overview.picture);

// What a selected node lights up: its neighbours, and what its results are results of.
function around(id) {
  const set = new Set(near.get(id));
  for (const other of near.get(id)) {
    if (known.get(other).kind === "Result" && known.get(id).kind !== "Paper") for (const end of near.get(other)) set.add(end);
  }
  return set;
}

function restyle() {
  lit = selected ? around(selected) : null;
  nodeSet.update(allNodes.map(nodeStyle));
  edgeSet.update(allEdges.map(edgeStyle));
}

const widths = new Map();
function measureWith(ctx) {
  return (text, size, strong) => {
    const key = `${size}${strong}${text}`;
    if (!widths.has(key)) {
      ctx.font = `${strong ? 600 : 400} ${size}px ${FAMILY}`;
      widths.set(key, ctx.measureText(text).width);
    }
    return widths.get(key);
  };
}

const ranked = [...allNodes].sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1));
function boxesOnCanvas(frame) {
  const scale = network.getScale();
  const centre = network.getViewPosition();
  const x = (value) => (value - centre.x) * scale + frame.width / 2;
  const y = (value) => (value - centre.y) * scale + frame.height / 2;
  const shown = [];
  for (const node of ranked) {
    if (!visible(node.id)) continue;
    const box = network.getBoundingBox(node.id);
    const place = { left: x(box.left), right: x(box.right), top: y(box.top), bottom: y(box.bottom) };
    if (place.right < 0 || place.bottom < 0 || place.left > frame.width || place.top > frame.height) continue;
    const on = !lit || lit.has(node.id);
    const quiet = node.shape === "box";
    const named = quiet ? on && scale * 11 >= SMALLEST : on;
    const name = named || node.id === hovered || node.id === selected ? (quiet ? node.under : node.label) : "";
    shown.push({ id: node.id, name, quiet, strong: node.strong, box: place, solid: on });
  }
  return shown;
}

network.on("afterDrawing", (ctx) => {
  const frame = { width: canvas.clientWidth, height: canvas.clientHeight };
  const ratio = canvas.width / frame.width;
  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.textBaseline = "top";
  ctx.lineJoin = "round";
  const measure = measureWith(ctx);
  const boxes = boxesOnCanvas(frame);
  if (network.getScale() * 11 < SMALLEST) nameResults(ctx, boxes, measure);
  const certain = new Set([selected, hovered].filter((id) => id && visible(id)));
  const first = (box) => (certain.has(box.id) ? 0 : box.quiet ? 3 : lit && lit.has(box.id) ? 1 : 2);
  const order = boxes.map((box, rank) => ({ ...box, rank })).sort((a, b) => first(a) - first(b) || a.rank - b.rank);
  for (const label of arrangeLabels(order, { measure, certain, frame, wide: 30, bold: lit ? 12 : 16 })) {
    paintText(ctx, label.text, label.spot.left + 2, label.spot.top + 2, { ...label, colour: label.quiet ? theme.muted : theme.fg, halo: theme.bg });
  }
  nameEdges(ctx);
  ctx.restore();
});

// From afar vis-network leaves the pills empty; the amount alone may still fit.
function nameResults(ctx, boxes, measure) {
  for (const { id, box, solid } of boxes) {
    const node = known.get(id);
    if (node.shape !== "box" || !solid) continue;
    const text = node.label.replaceAll("\u00a0", "");
    const width = measure(text, 9, false);
    if (width > box.right - box.left - 2 || box.bottom - box.top < 9) continue;
    ctx.font = `400 9px ${FAMILY}`;
    ctx.fillStyle = theme.fg;
    ctx.fillText(text, (box.left + box.right - width) / 2, (box.top + box.bottom) / 2 - 5);
  }
}

function nameEdges(ctx) {
  const named = allEdges.filter((edge) => visible(edge.from) && visible(edge.to) &&
    (edge.id === hoveredEdge || (selected && network.getScale() > 1.1 && (edge.from === selected || edge.to === selected))));
  ctx.textAlign = "center";
  for (const edge of named.slice(0, 40)) {
    const ends = network.getPositions([edge.from, edge.to]);
    const [a, b] = [network.canvasToDOM(ends[edge.from]), network.canvasToDOM(ends[edge.to])];
    const name = edge.type.toLowerCase().replaceAll("_", " ");
    paintText(ctx, name, (a.x + b.x) / 2, (a.y + b.y) / 2 - 6, { size: 11, strong: edge.id === hoveredEdge, colour: theme.muted, halo: theme.bg });
  }
  ctx.textAlign = "start";
}

const motion = () => (calm ? false : { duration: 350, easingFunction: "easeInOutQuad" });
function showAll(animation = motion()) {
  network.fit({ maxZoomLevel: 1.5, animation: false });
  network.moveTo({ scale: network.getScale() * 0.94, animation });
}
const zoomBy = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: motion() });

// ---- selecting

function glyph(kind) {
  const drawn = document.querySelector(`.legend [data-label="${CSS.escape(kind)}"] svg`);
  return drawn ? drawn.cloneNode(true) : "";
}

function open(id, { move = true, remember = true } = {}) {
  const node = known.get(id);
  if (!node) return;
  if (remember && selected && selected !== id) past.push(selected);
  if (hiddenTypes.has(node.kind)) toggleType(node.kind);
  selected = id;
  network.selectNodes([id]);
  restyle();
  if (move) network.focus(id, { scale: Math.max(network.getScale(), 1), animation: motion() });
  showPanel(panels[id], {
    go: open, close, kind: [glyph(node.kind), element("span", {}, node.kind)],
    back: past.length ? () => open(past.pop(), { remember: false }) : null,
  });
}

function close() {
  selected = null;
  past.length = 0;
  network.unselectAll();
  restyle();
  showPanel(overview, { go: open, kind: [] });
}

// ---- types

function toggleType(kind) {
  if (hiddenTypes.has(kind)) hiddenTypes.delete(kind);
  else hiddenTypes.add(kind);
  document.querySelector(`.legend [data-label="${CSS.escape(kind)}"]`).setAttribute("aria-pressed", String(!hiddenTypes.has(kind)));
  if (selected && hiddenTypes.has(known.get(selected).kind)) close();
  nodeView.refresh();
  edgeView.refresh();
}
for (const button of document.querySelectorAll(".legend button")) {
  button.addEventListener("click", () => toggleType(button.dataset.label));
}

// ---- pointer and keys

network.on("click", ({ nodes }) => (nodes.length ? open(nodes[0], { move: false }) : close()));
network.on("doubleClick", ({ nodes }) => nodes.length && open(nodes[0]));
network.on("hoverNode", ({ node }) => { hovered = node; stage.style.cursor = "pointer"; network.redraw(); });
network.on("blurNode", () => { hovered = null; stage.style.cursor = ""; network.redraw(); });
network.on("hoverEdge", ({ edge }) => { hoveredEdge = edge; network.redraw(); });
network.on("blurEdge", () => { hoveredEdge = null; network.redraw(); });
document.getElementById("closer").addEventListener("click", () => zoomBy(1.4));
document.getElementById("farther").addEventListener("click", () => zoomBy(1 / 1.4));
document.getElementById("whole").addEventListener("click", () => showAll());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key === "/" && event.target !== field) { event.preventDefault(); field.focus(); }
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readTheme(); restyle(); });

if (overview.focus) open(overview.focus, { move: false });
else close();
network.once("afterDrawing", () => showAll(false));
