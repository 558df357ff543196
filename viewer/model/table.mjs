// SPDX-License-Identifier: Apache-2.0
// The table of functions: order and choice of its rows.

export const kColumns = ['flat', 'cum', 'name'];

/**
 * The rows in the order of `column`: numbers by size, falling first; names by code units. Ties by
 * name.
 */
export function sortRows(rows, column, descending) {
  const sign = descending ? -1 : 1;
  const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const compare = column === 'name' ?
      (a, b) => sign * byName(a, b) :
      (a, b) => sign * (Math.abs(a[column]) - Math.abs(b[column])) || byName(a, b);
  return [...rows].sort(compare);
}

/** The rows whose name the predicate accepts; all for a null predicate. */
export function filterRows(rows, matches) {
  return matches ? rows.filter((row) => matches(row.name)) : rows;
}
