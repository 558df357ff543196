// SPDX-License-Identifier: Apache-2.0
// The call tree that a flame graph shows, from the columns that the server sends.

/**
 * Wraps an answer of /api/profiles/I/flame. Nodes are places in the columns; node 0 is the root of
 * this part, and parents come before their children, siblings heaviest first.
 */
export class CallTree {
  constructor(answer) {
    this.unit = answer.unit;
    this.total = answer.total;  // of the whole profile
    this.path = answer.path;    // from the root of all to the parent of node 0
    this.frames = answer.frames.map(([name, file, pack, short]) => ({name, file, pack, short}));
    this.columns = answer.nodes;
    this.size = answer.nodes.id.length;
    this.children = Array.from({length: this.size}, () => []);
    for (let i = 1; i < this.size; ++i) this.children[answer.nodes.parent[i]].push(i);
  }

  frame(node) { return this.frames[this.columns.frame[node]]; }
  value(node) { return this.columns.total[node]; }
  self(node) { return this.columns.self[node]; }
  id(node) { return this.columns.id[node]; }
  parent(node) { return this.columns.parent[node]; }
  isInlined(node) { return this.columns.inlined[node] === 1; }

  /** For each frame whether `matches(name)`; computed once for each name, not for each node. */
  matchFrames(matches) { return this.frames.map((frame) => matches(frame.name)); }

  /** The value of all paths that meet a matching frame, each counted once. */
  matchedValue(matching) {
    let sum = 0;
    const stack = [0];
    while (stack.length > 0) {
      const node = stack.pop();
      if (matching[this.columns.frame[node]]) {
        sum += this.value(node);
      } else {
        stack.push(...this.children[node]);
      }
    }
    return sum;
  }
}
