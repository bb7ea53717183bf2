// SPDX-License-Identifier: Apache-2.0

/**
 * An element that the page has for certain.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
export function get(id, type) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) {
    throw new Error(`the page has no ${type.name} #${id}`);
  }
  return element;
}

/**
 * A new element. What it says is text, never markup.
 *
 * @param {string} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} content
 */
export function make(tag, attributes, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...content);
  return element;
}

/**
 * @param {string} id
 * @param {string} text
 */
export function setText(id, text) {
  const element = get(id, HTMLElement);
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Brings the rows of a table up to date: those that stay are not made anew, or a click would meet a button that is gone, and the focus would be
 * lost every two seconds.
 *
 * @template T
 * @param {string} id of the tbody
 * @param {T[]} items
 * @param {(item: T) => string} key
 * @param {(item: T) => {cells: (string | Node)[], classes?: string[], bad?: boolean}} render nodes among the cells are taken for a new row only
 */
export function rows(id, items, key, render) {
  const body = get(id, HTMLElement);
  const old = new Map([...body.children].map((row) => [row.getAttribute('data-key'), row]));
  items.forEach((item, index) => {
    const { cells, classes = [], bad = false } = render(item);
    const row = old.get(key(item)) ?? make('tr', { 'data-key': key(item) }, ...cells.map(() => make('td', {})));
    const isNew = !old.delete(key(item));
    cells.forEach((cell, column) => {
      const place = /** @type {HTMLElement} */ (row.children[column]);
      if (typeof cell !== 'string') {
        isNew && place.append(cell);
      } else if (place.textContent !== cell) {
        place.textContent = cell;
      }
      if (isNew && classes[column]) {
        place.className = classes[column];
      }
    });
    row.classList.toggle('is-bad', bad);
    if (body.children[index] !== row) {
      body.insertBefore(row, body.children[index] ?? null);
    }
  });
  old.forEach((row) => row.remove());
}

/**
 * Asks before something is done that cannot be taken back.
 *
 * @param {string} title
 * @param {string} text
 * @param {string} yes what the button says
 */
export function confirmed(title, text, yes) {
  const dialog = get('confirm', HTMLDialogElement);
  setText('confirm-title', title);
  setText('confirm-text', text);
  setText('confirm-yes', yes);
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
