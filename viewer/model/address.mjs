// SPDX-License-Identifier: Apache-2.0
// What is shown, as the part of the page's address after the #.

/**
 * {profile, type, root, search} as "#profile=0&type=1..."; an empty search and the root of all are
 * left out.
 */
export function encodeState({profile, type, root, search}) {
  const parts = new URLSearchParams({profile, type});
  if (root !== 0) parts.set('root', root);
  if (search !== '') parts.set('search', search);
  return `#${parts}`;
}

/** The inverse. What is missing, malformed or does not exist in `profiles` becomes the default. */
export function decodeState(hash, profiles) {
  const parts = new URLSearchParams(hash.replace(/^#/, ''));
  const number = (name, limit, fallback) => {
    const text = parts.get(name) ?? '';
    const value = Number(text);
    return /^\d+$/.test(text) && value < limit ? value : fallback;
  };
  const profile = number('profile', profiles.length, 0);
  const {types, defaultType} = profiles[profile];
  return {
    profile,
    type: number('type', types.length, defaultType),
    root: number('root', 2 ** 32, 0),
    search: parts.get('search') ?? ''
  };
}
