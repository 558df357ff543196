// SPDX-License-Identifier: Apache-2.0
// Where each node of a call tree lies in a flame graph, and which node lies at a point.

/**
 * Boxes for the nodes that are at least `leastWidth` wide when the root is `width` wide. A box is
 * {node, x, width, depth}; the ancestors above the root (tree.path) come first with node -1, -2,
 * ... from the outermost on, each as wide as the whole. Boxes of one depth are in order of x and do
 * not overlap.
 */
export function layoutFlame(tree, width, leastWidth) {
  const boxes = tree.path.map((_, i) => ({node: -1 - i, x: 0, width, depth: i}));
  const base = tree.path.length;
  const whole = tree.value(0);
  if (whole <= 0) return {boxes, depth: base, rows: groupByDepth(boxes)};
  const queue = [{node: 0, x: 0, width, depth: base}];
  for (let i = 0; i < queue.length; ++i) {
    const box = queue[i];
    boxes.push(box);
    let x = box.x;
    for (const child of tree.children[box.node]) {
      const childWidth = (tree.value(child) / whole) * width;
      if (childWidth < leastWidth) break;  // the heaviest come first
      queue.push({node: child, x, width: childWidth, depth: box.depth + 1});
      x += childWidth;
    }
  }
  const depth = 1 + boxes.reduce((most, box) => Math.max(most, box.depth), 0);
  return {boxes, depth, rows: groupByDepth(boxes)};
}

function groupByDepth(boxes) {
  const rows = [];
  for (const box of boxes) (rows[box.depth] ??= []).push(box);
  for (const row of rows) row.sort((a, b) => a.x - b.x);
  return rows;
}

/** The box at `x` in the row `depth`, or null. */
export function findBox(layout, x, depth) {
  const row = layout.rows[depth];
  if (!row) return null;
  let low = 0;
  let high = row.length;
  while (low < high) {  // the first box that ends behind x
    const middle = (low + high) >> 1;
    if (row[middle].x + row[middle].width <= x)
      low = middle + 1;
    else
      high = middle;
  }
  return low < row.length && row[low].x <= x ? row[low] : null;
}

/** The box that a key leads to from `box`: its parent, its widest child or its neighbour. */
export function neighbour(layout, tree, box, key) {
  if (!box) return layout.boxes[tree.path.length] ?? null;
  const row = layout.rows[box.depth];
  const place = row.indexOf(box);
  switch (key) {
    case 'ArrowRight':
      return row[place + 1] ?? box;
    case 'ArrowLeft':
      return row[place - 1] ?? box;
    case 'ArrowUp': {
      const above = layout.rows[box.depth - 1];
      return above?.find((b) => b.x <= box.x && b.x + b.width >= box.x + box.width - 1e-6) ?? box;
    }
    case 'ArrowDown': {
      const below =
          (layout.rows[box.depth + 1] ??
           []).filter((b) => b.x >= box.x - 1e-6 && b.x + b.width <= box.x + box.width + 1e-6);
      return below.reduce((widest, b) => (!widest || b.width > widest.width ? b : widest), null) ??
          box;
    }
    default:
      return box;
  }
}
