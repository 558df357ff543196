// SPDX-License-Identifier: Apache-2.0
// A small call tree, as the server would send it:
//   root 100 -> f 60 -> leaf 30 (inlined), leaf's sibling deep 20; root -> g 40 -> leaf 30
import {CallTree} from '../../viewer/model/tree.mjs';

export function answer(path = []) {
  return {
    unit: 'nanoseconds',
    total: 100,
    frames: [
      ['root', '', '', 'root'], ['f', 'f.cpp', 'ns', 'f'], ['g', 'g.cpp', 'ns', 'g'],
      ['leaf', '', '', 'leaf'], ['deep', '', 'std', 'deep']
    ],
    path,
    nodes: {
      id: [0, 1, 4, 2, 3, 5],
      parent: [0, 0, 0, 1, 1, 2],
      frame: [0, 1, 2, 3, 4, 3],
      self: [0, 10, 10, 30, 20, 30],
      total: [100, 60, 40, 30, 20, 30],
      inlined: [0, 0, 0, 1, 0, 0],
    },
  };
}

export const makeTree = (path) => new CallTree(answer(path));
