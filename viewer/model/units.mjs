// SPDX-License-Identifier: Apache-2.0
// Numbers as text: sample values in readable units, shares of a total. Gives what `vole pprof`
// prints.

const kKilo = 1024;
const kDimensions =
    [
      [['b', 'byte'], 'B', 1],
      [['kb', 'kbyte', 'kilobyte'], 'kB', kKilo],
      [['mb', 'megabyte'], 'MB', kKilo ** 2],
      [['gb', 'gigabyte'], 'GB', kKilo ** 3],
      [['tb', 'terabyte'], 'TB', kKilo ** 4],
      [['pb', 'petabyte'], 'PB', kKilo ** 5],
    ].map(([names, text, factor]) => ({names, text, factor, kind: 'memory'}))
        .concat([
          [['ns', 'nanosecond'], 'ns', 1],
          [['us', 'μs', 'microsecond'], 'us', 1e3],
          [['ms', 'millisecond'], 'ms', 1e6],
          [['s', 'sec', 'second'], 's', 1e9],
          [['hr', 'hour'], 'hrs', 3600e9],
        ].map(([names, text, factor]) => ({names, text, factor, kind: 'time'})));

function findUnit(name) {
  let lower = name.toLowerCase();
  if (lower.length > 2 && lower.endsWith('s')) lower = lower.slice(0, -1);
  return kDimensions.find((unit) => unit.names.includes(lower));
}

function withTwoDecimals(value) {
  const text = value.toFixed(2);
  return text.endsWith('.00') ? text.slice(0, -3) : text;
}

/** `value` of `unit` in the largest unit in which it is at least 1: "1.10s", "512kB", "37". */
export function valueText(value, unit) {
  const source = findUnit(unit);
  if (!source) {
    const word = ['count', 'sample', 'unit', ''].includes(unit) ? '' : ` ${unit}`;
    return value.toLocaleString('en-US') + word;
  }
  const size = Math.abs(value) * source.factor;
  const fitting = kDimensions.filter((u) => u.kind === source.kind && size / u.factor >= 1);
  const target = fitting.at(-1);
  if (!target) return value === 0 ? '0' : `${withTwoDecimals(value)}${source.text}`;
  return `${value < 0 ? '-' : ''}${withTwoDecimals(size / target.factor)}${target.text}`;
}

/** The share of |value| in `total`: "12.34%", "100%", "0.12%". */
export function shareText(value, total) {
  const percent = total === 0 ? 0 : Math.abs(value / total) * 100;
  if (percent >= 99.95 && percent <= 100.05) return '100%';
  if (percent >= 1) return `${percent.toFixed(2)}%`;
  return `${Number(percent.toPrecision(2))}%`;
}
