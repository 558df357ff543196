// SPDX-License-Identifier: Apache-2.0
// What a person typed into the search field, as a predicate on names.

/**
 * Null for an empty text; /.../ is a regular expression, anything else is looked for in any case.
 */
export function compileSearch(text) {
  const wanted = text.trim();
  if (wanted === '') return null;
  const pattern = /^\/(.+)\/$/.exec(wanted);
  if (pattern) {
    try {
      const regex = new RegExp(pattern[1]);
      return (name) => regex.test(name);
    } catch {
      return () => false;  // half-typed: matches nothing yet
    }
  }
  const lower = wanted.toLowerCase();
  return (name) => name.toLowerCase().includes(lower);
}
