// SPDX-License-Identifier: Apache-2.0
// The page as a whole: which profile, which sample type, which part of the tree; search over both
// views.

import {loadFlame, loadProfiles, loadTable} from '../load/api.mjs';
import {decodeState, encodeState} from '../model/address.mjs';
import {compileSearch} from '../model/search.mjs';
import {CallTree} from '../model/tree.mjs';
import {shareText, valueText} from '../model/units.mjs';

import {FlameView} from './flame_view.mjs';
import {TableView} from './table_view.mjs';

const byId = (id) => document.getElementById(id);
const state = {
  profiles: [],
  profile: 0,
  type: 0,
  root: 0,
  tree: null,
  picked: '',
  request: 0
};

const flame = new FlameView({
  host: byId('flame'),
  pane: byId('pane'),
  canvas: byId('canvas'),
  tip: byId('tip'),
  details: byId('details'),
  path: byId('path'),
  invert: byId('invert'),
  onZoom: (id) => show({root: id})
});
const table = new TableView({
  host: byId('table'),
  count: byId('count'),
  onPick: (name) => {
    state.picked = name;
    applySearch();
  }
});

function fail(error) {
  byId('failure').hidden = false;
  byId('failure').textContent = `Cannot show this: ${error.message}`;
  document.body.dataset.state = 'failed';
}

/** Changes what is shown and loads it; a later change wins over an earlier answer. */
async function show(change) {
  Object.assign(state, change);
  const request = ++state.request;
  try {
    const [tree, rows] = await Promise.all(
        [loadFlame(state.profile, state.type, state.root), loadTable(state.profile, state.type)]);
    if (request !== state.request) return;
    byId('failure').hidden = true;
    state.tree = new CallTree(tree);
    flame.show(state.tree);
    table.show(rows);
    showFacts(rows);
    showTypes();
    applySearch();
    byId('profile').value = String(state.profile);
    document.body.dataset.state = 'ready';
  } catch (error) {
    if (request === state.request) fail(error);
  }
}

function applySearch() {
  const matches = compileSearch(byId('search').value);
  table.filter(matches);
  const wanted = matches ?? (state.picked ? (name) => name === state.picked : null);
  const matching = wanted ? state.tree.matchFrames(wanted) : null;
  flame.highlight(matching);
  byId('matched').value = matching ?
      `${shareText(state.tree.matchedValue(matching), state.tree.value(0))} matched` :
      '';
  // The address is the state: a copied link and a reload show the same.
  const {profile, type, root} = state;
  history.replaceState(null, '', encodeState({profile, type, root, search: byId('search').value}));
}

function showFacts(rows) {
  const profile = state.profiles[state.profile];
  const facts = [profile.file, `${valueText(rows.total, rows.unit)} in ${profile.samples} stacks`];
  const millis = Number(BigInt(profile.timeNanos) / 1000000n);
  if (millis !== 0) facts.push(new Date(millis).toLocaleString());
  if (profile.durationNanos !== 0)
    facts.push(`over ${valueText(profile.durationNanos, 'nanoseconds')}`);
  facts.push(...profile.comments.filter((comment) => !comment.startsWith('#')));
  byId('facts').textContent = facts.filter(Boolean).join('  ·  ');
  document.title = `${profile.name} · vole view`;
}

function showTypes() {
  const {types} = state.profiles[state.profile];
  const buttons = types.map(({type}, i) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = type;
    button.setAttribute('role', 'radio');
    button.setAttribute('aria-checked', String(i === state.type));
    button.tabIndex = i === state.type ? 0 : -1;
    button.addEventListener('click', () => show({type: i, root: 0}));
    button.addEventListener('keydown', (event) => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (i + step + types.length) % types.length;
      show({type: next, root: 0}).then(() => byId('types').children[next].focus());
    });
    return button;
  });
  byId('types').replaceChildren(...buttons);
}

async function start() {
  state.profiles = await loadProfiles();
  const select = byId('profile');
  select.replaceChildren(...state.profiles.map((profile, i) => new Option(profile.name, i)));
  byId('profile-field').hidden = state.profiles.length < 2;
  select.addEventListener('change', () => {
    const profile = Number(select.value);
    state.picked = '';
    show({profile, type: state.profiles[profile].defaultType, root: 0});
  });
  byId('search').addEventListener('input', applySearch);
  const {search, ...wanted} = decodeState(location.hash, state.profiles);
  byId('search').value = search;
  await show(wanted);
}

start().catch(fail);
