// SPDX-License-Identifier: Apache-2.0
// The colour of a frame: a hue for its package, a shade for its name, the same in every profile and
// session.

const kShades = 7;
const encoder = new TextEncoder();

/** FNV-1a of the UTF-8 bytes. */
function hash(text) {
  let value = 2166136261;
  for (const byte of encoder.encode(text)) value = Math.imul(value ^ byte, 16777619) >>> 0;
  return value;
}

/** 0 to 359. The SVG export uses the same. */
export const hueOf = (pack) => hash(pack) % 360;

/** -3 to 3: per cent of lightness, so that neighbours of one package can be told apart. */
export const shadeOf = (name) => (hash(name) % kShades) - (kShades - 1) / 2;
