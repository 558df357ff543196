// SPDX-License-Identifier: Apache-2.0
// The table of functions on the page: sortable columns, a click on a name picks the function.

import {filterRows, sortRows} from '../model/table.mjs';
import {shareText, valueText} from '../model/units.mjs';

const kHeadings = [['flat', 'Self'], ['cum', 'Total'], ['name', 'Function']];
const kRowsShown = 300;  // more only when searched for: nobody reads on, and the page stays quick

function element(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export class TableView {
  /** `onPick(name)` is told which function was clicked, or "" when it was clicked again. */
  constructor({host, count, onPick}) {
    Object.assign(this, {host, count, onPick});
    this.table = null;
    this.column = 'flat';
    this.descending = true;
    this.matches = null;
    this.picked = '';
  }

  show(table) {
    this.table = table;
    this.render();
  }

  filter(matches) {
    this.matches = matches;
    this.render();
  }

  sortBy(column) {
    this.descending = column === this.column ? !this.descending : column !== 'name';
    this.column = column;
    this.render();
    this.host.querySelector(`th.${column} button`)?.focus();
  }

  render() {
    if (!this.table) return;
    const chosen = filterRows(this.table.rows, this.matches);
    const rows = sortRows(chosen, this.column, this.descending).slice(0, kRowsShown);
    const shown = rows.length < this.table.functions ? `${rows.length} of ${this.table.functions}` :
                                                       rows.length;
    this.count.textContent = `${shown} shown`;
    if (rows.length === 0) {
      this.host.replaceChildren(
          element('p', {className: 'empty', textContent: 'No function matches.'}));
      return;
    }
    const body = element('tbody', {}, ...rows.map((row) => this.renderRow(row)));
    const table = element('table', {}, element('thead', {}, this.renderHead()), body);
    table.setAttribute('aria-label', 'Functions');
    this.host.replaceChildren(element('div', {className: 'scroll'}, table));
  }

  renderHead() {
    return element('tr', {}, ...kHeadings.flatMap(([column, text]) => {
      const button = element('button', {type: 'button', textContent: text});
      button.addEventListener('click', () => this.sortBy(column));
      const heading = element('th', {scope: 'col', className: column}, button);
      const order = this.descending ? 'descending' : 'ascending';
      heading.setAttribute('aria-sort', column === this.column ? order : 'none');
      if (column === 'name') return [heading];
      return [heading, element('th', {scope: 'col', ariaLabel: `${text}, share`})];
    }));
  }

  renderRow(row) {
    const {total, unit} = this.table;
    const number = (value) => element('td', {textContent: valueText(value, unit)});
    const share = (value) => {
      const meter = element(
          'meter', {min: 0, max: 1, value: total ? Math.min(1, Math.abs(value / total)) : 0});
      meter.setAttribute('aria-hidden', 'true');
      const text = element('span', {textContent: shareText(value, total)});
      return element('td', {className: 'share'}, meter, text);
    };
    const button = element('button', {type: 'button', textContent: row.name});
    button.addEventListener('click', () => {
      this.picked = this.picked === row.name ? '' : row.name;
      this.render();
      this.onPick(this.picked);
    });
    const name = element('td', {className: 'name'}, button);
    if (row.mark) name.append(element('span', {className: 'mark', textContent: ` ${row.mark}`}));
    const line =
        element('tr', {}, number(row.flat), share(row.flat), number(row.cum), share(row.cum), name);
    if (row.name === this.picked) line.setAttribute('aria-selected', 'true');
    return line;
  }
}
