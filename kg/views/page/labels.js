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

const shared = (a, b) => Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
const inside = (spot, frame) => spot.left >= 2 && spot.top >= 2 && spot.right <= frame.width - 2 && spot.bottom <= frame.height - 2;

// nodes: [{id, name, strong, box, solid}] in order of importance, box in pixels of the canvas, solid where a name must
// not cover it. certain: ids that are named whatever it covers; bold: how many of the first may cover other nodes.
function arrangeLabels(nodes, { measure, certain, frame, wide, bold }) {
  const taken = [];
  const solid = nodes.filter((node) => node.solid);
  const covered = (spot, own) => solid.reduce((sum, other) => (other.id === own ? sum : sum + shared(spot, other.box)), 0);
  const out = [];
  nodes.forEach((node, index) => {
    if (!node.name) return;
    const sure = certain.has(node.id);
    const text = short(node.name, sure ? 60 : wide);
    const size = node.strong ? 13 : node.quiet ? 11 : 12;
    const strong = node.strong || (sure && !node.quiet);
    const spots = place(node.box, measure(text, size, strong) + 4, size + 4);
    const free = spots.filter((spot) => inside(spot, frame) && !taken.some((other) => overlaps(spot, other)));
    const cost = free.map((spot) => covered(spot, node.id));
    const best = cost.indexOf(Math.min(...cost));
    const spot = best >= 0 && (cost[best] === 0 || (index < bold && !node.quiet) || sure) ? free[best] : sure ? spots[0] : null;
    if (spot) {
      taken.push(spot);
      out.push({ text, spot, size, strong, quiet: node.quiet });
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
