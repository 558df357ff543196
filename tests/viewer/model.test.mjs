// SPDX-License-Identifier: Apache-2.0
// Goal: what the viewer shows is right before a pixel is drawn: units, search, table, tree,
// address.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {hueOf, shadeOf} from '../../viewer/draw/colours.mjs';
import {decodeState, encodeState} from '../../viewer/model/address.mjs';
import {compileSearch} from '../../viewer/model/search.mjs';
import {filterRows, sortRows} from '../../viewer/model/table.mjs';
import {shareText, valueText} from '../../viewer/model/units.mjs';

import {answer, makeTree} from './trees.mjs';

test('values are shown in the largest unit that fits', () => {
  assert.equal(valueText(0, 'nanoseconds'), '0');
  assert.equal(valueText(999, 'nanoseconds'), '999ns');
  assert.equal(valueText(1.1e9, 'nanoseconds'), '1.10s');
  assert.equal(valueText(-1500, 'ms'), '-1.50s');
  assert.equal(valueText(1536, 'bytes'), '1.50kB');
  assert.equal(valueText(3, 'hours'), '3hrs');
  assert.equal(valueText(12345, 'count'), '12,345');
  assert.equal(valueText(7, 'widgets'), '7 widgets');
});

test('shares have two significant digits and a round hundred', () => {
  assert.equal(shareText(0, 10), '0%');
  assert.equal(shareText(1, 1000), '0.1%');
  assert.equal(shareText(1, 0), '0%');
  assert.equal(shareText(12345, 10000), '123.45%');
  assert.equal(shareText(99951, 100000), '100%');
});

test('a search is a text in any case or a regular expression', () => {
  assert.equal(compileSearch('  '), null);
  assert.ok(compileSearch('ROUTE')('dispatch::route_between'));
  assert.ok(!compileSearch('a.c')('abc'));
  assert.ok(compileSearch('/a.c/')('abc'));
  assert.ok(!compileSearch('/A.c/')('abc'));
  assert.ok(!compileSearch('/(/')('('), 'half-typed expressions match nothing');
});

const kRows =
    [{name: 'b', flat: 1, cum: 9}, {name: 'a', flat: -5, cum: 5}, {name: 'c', flat: 1, cum: 2}];
const names = (rows) => rows.map((row) => row.name).join('');

test('rows sort by size with ties by name, and by name', () => {
  assert.equal(names(sortRows(kRows, 'flat', true)), 'abc');
  assert.equal(names(sortRows(kRows, 'flat', false)), 'bca');
  assert.equal(names(sortRows(kRows, 'cum', true)), 'bac');
  assert.equal(names(sortRows(kRows, 'name', false)), 'abc');
  assert.equal(names(sortRows(kRows, 'name', true)), 'cba');
  assert.equal(names(kRows), 'bac', 'the rows themselves stay as they are');
});

test('filtering keeps the rows that match', () => {
  assert.equal(filterRows(kRows, null), kRows);
  assert.equal(names(filterRows(kRows, (name) => name !== 'a')), 'bc');
});

test('a tree knows children, frames and values', () => {
  const tree = makeTree();
  assert.deepEqual(tree.children[0], [1, 2]);
  assert.equal(tree.frame(3).name, 'leaf');
  assert.equal(tree.value(1), 60);
  assert.equal(tree.self(2), 10);
  assert.ok(tree.isInlined(3));
});

test('a path that meets several matches counts once', () => {
  const tree = makeTree();
  const matched = (...wanted) =>
      tree.matchedValue(tree.matchFrames((name) => wanted.includes(name)));
  assert.equal(matched('leaf'), 60);       // 30 + 30 under two callers
  assert.equal(matched('f', 'leaf'), 90);  // all of f, and the leaf under g
  assert.equal(matched('root'), 100);
  assert.equal(matched('none'), 0);
});

test('the address is the state', () => {
  const profiles = [{types: [1, 2], defaultType: 1}, {types: [1, 2, 3, 4], defaultType: 3}];
  for (const state
           of [{profile: 0, type: 0, root: 0, search: ''},
               {profile: 1, type: 2, root: 17, search: '/a&b=#c/'}]) {
    assert.deepEqual(decodeState(encodeState(state), profiles), state);
  }
  const fresh = {profile: 0, type: 1, root: 0, search: ''};
  for (const hash of ['', '#', '#profile=9&type=7&root=x', '#type=-1&root=1e3']) {
    assert.deepEqual(decodeState(hash, profiles), fresh, hash);
  }
});

test('colours depend on the names alone and stay in range', () => {
  for (const name of ['', 'std', 'dispatch::service', 'ключ']) {
    assert.equal(hueOf(name), hueOf(name));
    assert.ok(hueOf(name) >= 0 && hueOf(name) < 360);
    assert.ok(Math.abs(shadeOf(name)) <= 3);
  }
  assert.equal(hueOf('a'), 0xe40c292c % 360, 'FNV-1a, as the SVG export has it');
});

test('the server\'s columns fit together in the fixture too', () => {
  const {nodes} = answer();
  for (const column of Object.values(nodes)) assert.equal(column.length, nodes.id.length);
});
