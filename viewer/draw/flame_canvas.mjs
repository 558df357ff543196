// SPDX-License-Identifier: Apache-2.0
// Draws the boxes of a flame graph on a canvas. Knows pixels and colours, no events.

import {hueOf, shadeOf} from './colours.mjs';

export const kRowHeight = 20;
const kGap = 1;
const kTextPadding = 5;
const kLeastTextWidth = 28;
const kFont = '11.5px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** The colours that the style sheet sets, read anew for each drawing: the system may turn dark. */
function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  return {
    text: get('--frame-text'),
    other: get('--other'),
    match: get('--match'),
    matchText: get('--match-text'),
    ink: get('--ink'),
    saturation: get('--saturation'),
    lightness: get('--lightness'),
    panel: get('--panel')
  };
}

export class FlameCanvas {
  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext('2d');
    this.charWidth = 0;
  }

  /** Fits the canvas to `width` x `rows` and returns how many boxes it drew. */
  draw({tree, layout, width, inverted, matching, selected, hovered}) {
    const scale = window.devicePixelRatio || 1;
    const height = layout.depth * kRowHeight;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    this.canvas.style.height = `${height}px`;
    const g = this.context;
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.clearRect(0, 0, width, height);
    g.font = kFont;
    g.textBaseline = 'middle';
    this.charWidth ||= g.measureText('m').width;
    const theme = readTheme(this.canvas);
    for (const box of layout.boxes) {
      const row = inverted ? layout.depth - 1 - box.depth : box.depth;
      this.drawBox(g, theme, tree, box, row * kRowHeight, matching);
    }
    for (const box of [hovered, selected]) {
      if (!box) continue;
      const row = inverted ? layout.depth - 1 - box.depth : box.depth;
      g.strokeStyle = theme.ink;
      g.lineWidth = box === selected ? 2 : 1;
      g.strokeRect(
          box.x + 0.5, row * kRowHeight + 0.5, Math.max(box.width - kGap - 1, 1),
          kRowHeight - kGap - 1);
    }
    return layout.boxes.length;
  }

  drawBox(g, theme, tree, box, y, matching) {
    const isAncestor = box.node < 0;
    const frameIndex = isAncestor ? tree.path[-1 - box.node].frame : tree.columns.frame[box.node];
    const frame = tree.frames[frameIndex];
    const matches = matching?.[frameIndex] ?? false;
    const width = Math.max(box.width - kGap, 0.5);
    g.globalAlpha = isAncestor || (matching && !matches) ? 0.45 : 1;
    g.fillStyle = matches ? theme.match : this.colour(theme, frame);
    g.beginPath();
    if (width > 6)
      g.roundRect(box.x, y, width, kRowHeight - kGap, 2.5);
    else
      g.rect(box.x, y, width, kRowHeight - kGap);
    g.fill();
    if (!isAncestor && tree.isInlined(box.node) && width > 3) {
      g.strokeStyle = theme.panel;
      g.setLineDash([3, 3]);
      g.lineWidth = 1;
      g.strokeRect(box.x + 1.5, y + 1.5, width - 3, kRowHeight - kGap - 3);
      g.setLineDash([]);
    }
    if (width >= kLeastTextWidth) {
      g.globalAlpha = isAncestor ? 0.7 : 1;
      g.fillStyle = matches ? theme.matchText : theme.text;
      g.fillText(
          this.fit(frame, width - 2 * kTextPadding), box.x + kTextPadding, y + kRowHeight / 2);
    }
    g.globalAlpha = 1;
  }

  colour(theme, frame) {
    if (frame.pack === '') return theme.other;
    const lightness = parseFloat(theme.lightness) + shadeOf(frame.name);
    return `hsl(${hueOf(frame.pack)} ${theme.saturation} ${lightness}%)`;
  }

  fit(frame, width) {
    const room = Math.floor(width / this.charWidth);
    if (frame.name.length <= room) return frame.name;
    return frame.short.length <= room ? frame.short :
                                        `${frame.short.slice(0, Math.max(room - 1, 0))}…`;
  }
}
