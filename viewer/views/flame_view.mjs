// SPDX-License-Identifier: Apache-2.0
// The flame graph on the page: mouse, keys, zoom path, tooltip.

import {FlameCanvas, kRowHeight} from '../draw/flame_canvas.mjs';
import {findBox, layoutFlame, neighbour} from '../layout/flame_layout.mjs';
import {shareText, valueText} from '../model/units.mjs';

const kLeastWidth = 0.7;  // pixels: narrower boxes only make noise

export class FlameView {
  /** `onZoom(id)` is asked to show the part of the tree below the node with that id. */
  constructor({host, pane, canvas, tip, details, path, invert, onZoom}) {
    Object.assign(this, {host, pane, canvas, tip, details, path, onZoom});
    this.painter = new FlameCanvas(canvas);
    this.tree = null;
    this.layout = null;
    this.matching = null;
    this.selected = null;
    this.hovered = null;
    this.inverted = false;
    invert.addEventListener('click', () => {
      this.inverted = !this.inverted;
      invert.setAttribute('aria-pressed', String(this.inverted));
      this.draw();
      this.scrollToRoot();
    });
    canvas.addEventListener('mousemove', (event) => this.hover(event));
    canvas.addEventListener('mouseleave', () => this.setHovered(null));
    canvas.addEventListener('click', (event) => this.zoomTo(this.boxAt(event)));
    canvas.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.arrange()).observe(pane);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  show(tree) {
    this.layout = null;  // its boxes are of the old tree: nothing is drawn until arrange()
    this.setHovered(null);
    this.tree = tree;
    this.showPath();
    this.arrange();
    this.scrollToRoot();
  }

  scrollToRoot() { this.pane.scrollTop = this.inverted ? this.pane.scrollHeight : 0; }

  /** Highlights the frames for which `matching[frame]` holds; null for none. */
  highlight(matching) {
    this.matching = matching;
    this.draw();
  }

  arrange() {
    if (!this.tree) return;
    this.layout = layoutFlame(this.tree, this.pane.clientWidth, kLeastWidth);
    this.selected = null;
    this.hovered = null;
    this.draw();
  }

  draw() {
    if (!this.layout) return;
    const {tree, layout, inverted, matching, selected, hovered} = this;
    const width = this.pane.clientWidth;
    const drawn = this.painter.draw({tree, layout, width, inverted, matching, selected, hovered});
    this.canvas.dataset.frames = String(drawn);  // what tests and scripts can see of the picture
  }

  boxAt(event) {
    if (!this.layout) return null;
    const place = this.canvas.getBoundingClientRect();
    const row = Math.floor((event.clientY - place.top) / kRowHeight);
    const depth = this.inverted ? this.layout.depth - 1 - row : row;
    return findBox(this.layout, event.clientX - place.left, depth);
  }

  hover(event) {
    const box = this.boxAt(event);
    this.setHovered(box);
    if (!box) return;
    const place = this.host.getBoundingClientRect();
    const x = event.clientX - place.left;
    const y = event.clientY - place.top;
    this.tip.style.left =
        `${Math.max(0, Math.min(x + 14, place.width - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${y + 18}px`;
  }

  setHovered(box) {
    if (box === this.hovered) return;
    this.hovered = box;
    this.tip.hidden = !box;
    if (box) {
      const {name, facts, file} = this.describe(box);
      const title = document.createElement('b');
      title.textContent = name;
      const lines = [facts, file].filter(Boolean).map((text) => {
        const line = document.createElement('span');
        line.textContent = text;
        return line;
      });
      this.tip.replaceChildren(title, ...lines);
    }
    this.draw();
  }

  describe(box) {
    const {tree} = this;
    const above = box.node < 0 ? tree.path[-1 - box.node] : null;
    const frame = above ? tree.frames[above.frame] : tree.frame(box.node);
    const value = above ? above.total : tree.value(box.node);
    const self = above ? above.self : tree.self(box.node);
    const inlined = !above && tree.isInlined(box.node) ? ' (inline)' : '';
    const share = shareText(value, tree.total);
    return {
      name: frame.name + inlined,
      file: frame.file,
      facts: `${valueText(value, tree.unit)}, ${share} of the total; self ${
          valueText(self, tree.unit)}`
    };
  }

  zoomTo(box) {
    if (!box) return;
    this.onZoom(box.node < 0 ? this.tree.path[-1 - box.node].id : this.tree.id(box.node));
  }

  key(event) {
    if (!this.layout) return;
    if (event.key === 'Enter' && this.selected) {
      this.zoomTo(this.selected);
    } else if (event.key === 'Escape') {
      const parent = this.tree.path.at(-1);
      if (parent) this.onZoom(parent.id);
    } else if (event.key.startsWith('Arrow')) {
      // On the screen up is up: with the root at the bottom, up leads to the callees.
      const flipped = {ArrowUp: 'ArrowDown', ArrowDown: 'ArrowUp'};
      const key = this.inverted ? flipped[event.key] ?? event.key : event.key;
      this.selected = neighbour(this.layout, this.tree, this.selected, key);
      const {name, facts, file} = this.describe(this.selected);
      this.details.textContent = [name, facts, file].filter(Boolean).join(' · ');
      this.draw();
    } else {
      return;
    }
    event.preventDefault();
  }

  showPath() {
    const steps =
        this.tree.path.map((step) => ({id: step.id, name: this.tree.frames[step.frame].name}));
    this.path.replaceChildren(...steps.map(({id, name}) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = id === 0 ? 'all' : name;
      button.title = name;
      button.addEventListener('click', () => this.onZoom(id));
      return button;
    }));
  }
}
