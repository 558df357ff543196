// SPDX-License-Identifier: Apache-2.0
// Goal: boxes have the width of their value, lie under their parents, do not overlap, and can be
// found by point.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {findBox, layoutFlame, neighbour} from '../../viewer/layout/flame_layout.mjs';
import {CallTree} from '../../viewer/model/tree.mjs';

import {makeTree} from './trees.mjs';

const boxOf = (layout, node) => layout.boxes.find((box) => box.node === node);

/** A random tree in the server's order, from a seed. */
function randomTree(seed) {
  let state = seed;
  const below = (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  const nodes =
      {id: [0], parent: [0], frame: [0], self: [0], total: [1 + below(10000)], inlined: [0]};
  for (let i = 0; i < nodes.id.length && nodes.id.length < 400; ++i) {
    let left = nodes.total[i];
    let widest = left;
    for (let n = below(5); n > 0 && left > 0; --n) {
      widest = Math.min(widest, 1 + below(left));
      if (widest > left) break;
      nodes.id.push(nodes.id.length);
      nodes.parent.push(i);
      nodes.frame.push(0);
      nodes.self.push(0);
      nodes.total.push(widest);
      nodes.inlined.push(0);
      left -= widest;
    }
  }
  return new CallTree(
      {unit: 'count', total: nodes.total[0], frames: [['f', '', '']], path: [], nodes});
}

test('the root is as wide as the page and children are as wide as their share', () => {
  const layout = layoutFlame(makeTree(), 1000, 0.5);
  assert.equal(layout.depth, 3);
  assert.deepEqual(boxOf(layout, 0), {node: 0, x: 0, width: 1000, depth: 0});
  assert.deepEqual(boxOf(layout, 1), {node: 1, x: 0, width: 600, depth: 1});
  assert.deepEqual(boxOf(layout, 2), {node: 2, x: 600, width: 400, depth: 1});
  assert.deepEqual(boxOf(layout, 5), {node: 5, x: 600, width: 300, depth: 2});
});

test('boxes narrower than the limit are left out with all below them', () => {
  const layout = layoutFlame(makeTree(), 1000, 350);
  assert.deepEqual(layout.boxes.map((box) => box.node), [0, 1, 2]);
});

test('ancestors of a zoomed root lie above it at full width', () => {
  const path = [{id: 9, frame: 0, self: 0, total: 500}, {id: 8, frame: 1, self: 0, total: 200}];
  const layout = layoutFlame(makeTree(path), 800, 1);
  assert.deepEqual(
      layout.boxes.slice(0, 2).map(({node, width, depth}) => [node, width, depth]),
      [[-1, 800, 0], [-2, 800, 1]]);
  assert.equal(boxOf(layout, 0).depth, 2);
});

test('children lie within their parents and siblings do not overlap', () => {
  for (let seed = 1; seed <= 50; ++seed) {
    const tree = randomTree(seed);
    const layout = layoutFlame(tree, 1200, 0.5);
    for (const box of layout.boxes) {
      if (box.node === 0) continue;
      const parent = boxOf(layout, tree.parent(box.node));
      assert.ok(
          box.x >= parent.x - 1e-6 && box.x + box.width <= parent.x + parent.width + 1e-6,
          `seed ${seed}`);
    }
    for (const row of layout.rows) {
      for (let i = 1; i < row.length; ++i)
        assert.ok(row[i].x >= row[i - 1].x + row[i - 1].width - 1e-6);
    }
  }
});

test('a point finds the box that a walk over all boxes finds', () => {
  for (let seed = 1; seed <= 20; ++seed) {
    const layout = layoutFlame(randomTree(seed), 1200, 0.5);
    for (let x = 0; x < 1200; x += 7.3) {
      for (let depth = 0; depth <= layout.depth; ++depth) {
        const naive =
            layout.boxes.find((b) => b.depth === depth && b.x <= x && x < b.x + b.width) ?? null;
        assert.equal(findBox(layout, x, depth), naive, `seed ${seed}`);
      }
    }
  }
});

test('arrow keys lead to parent, widest child and neighbours, and stay at the edges', () => {
  const tree = makeTree();
  const layout = layoutFlame(tree, 1000, 1);
  const root = neighbour(layout, tree, null, 'ArrowDown');
  assert.equal(root.node, 0);
  const f = neighbour(layout, tree, root, 'ArrowDown');
  assert.equal(f.node, 1);
  assert.equal(neighbour(layout, tree, f, 'ArrowRight').node, 2);
  assert.equal(neighbour(layout, tree, f, 'ArrowLeft'), f);
  assert.equal(neighbour(layout, tree, f, 'ArrowUp'), root);
  assert.equal(neighbour(layout, tree, root, 'ArrowUp'), root);
  assert.equal(neighbour(layout, tree, boxOf(layout, 5), 'ArrowDown').node, 5);
  assert.equal(neighbour(layout, tree, boxOf(layout, 5), 'ArrowUp').node, 2);
});

test('an empty profile has an empty picture', () => {
  const nodes = {id: [0], parent: [0], frame: [0], self: [0], total: [0], inlined: [0]};
  const tree = new CallTree({unit: 'count', total: 0, frames: [['root', '', '']], path: [], nodes});
  assert.deepEqual(layoutFlame(tree, 1000, 1).boxes, []);
});
