"use strict";
// Names on the picture, as on a map: of constant size, the most connected first, and only where there is room.

const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif';
const GAP = 3;

function short(text, length) {
  return text.length > length ? text.slice(0, length - 1).trimEnd() + "…" : text;
}

const overlaps = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

function place(box, width, height) {
  const middle = (box.left + box.right) / 2;
  const centre = (box.top + box.bottom) / 2;
  const at = (left, top) => ({ left, top, right: left + width, bottom: top + height });
  return [
    at(middle - width / 2, box.bottom + GAP), at(middle - width / 2, box.top - height - GAP),
    at(box.right + GAP, centre - height / 2), at(box.left - width - GAP, centre - height / 2),
  ];
}

// nodes: [{id, name, strong, box}] in order of importance, box in pixels of the canvas; certain: ids always named.
function arrangeLabels(nodes, { measure, certain, wide, bold }) {
  const taken = [];
  const solid = nodes.map((node) => node.box);
  const out = [];
  nodes.forEach((node, index) => {
    const sure = certain.has(node.id);
    if (!node.name) return;
    const text = short(node.name, sure ? 60 : wide);
    const size = node.strong ? 13 : 12;
    const width = measure(text, size, node.strong || sure) + 4;
    const free = (spot) => !taken.some((other) => overlaps(spot, other));
    const spots = place(node.box, width, size + 4);
    const clear = spots.find((spot) => free(spot) && !solid.some((box, other) => other !== index && overlaps(spot, box)));
    const spot = clear || (index < bold || sure ? spots.find(free) : null) || (sure ? spots[0] : null);
    if (spot) {
      taken.push(spot);
      out.push({ text, spot, size, strong: node.strong || sure });
    }
  });
  return out;
}

function paintText(ctx, text, x, y, { size, strong, colour, halo }) {
  ctx.font = `${strong ? 600 : 400} ${size}px ${FAMILY}`;
  ctx.lineWidth = 3.5;
  ctx.strokeStyle = halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}
