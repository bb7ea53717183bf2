// SPDX-License-Identifier: Apache-2.0

/** The buttons that choose the service whose events are shown and published. */
export class Filters {
  #group;
  #onChoice;
  /** @type {string[]} */
  #services = [];
  #next = 0;
  /** Undefined for all. @type {string | undefined} */
  chosen;

  /**
   * @param {HTMLElement} group where the buttons go
   * @param {(service: string | undefined) => void} onChoice
   */
  constructor(group, onChoice) {
    this.#group = group;
    this.#onChoice = onChoice;
  }

  /** @param {string[]} services to choose from */
  offer(services) {
    this.#services = services;
    this.#group.replaceChildren(
      this.#button('All', undefined),
      ...services.map((service) => this.#button(service, service)),
    );
    this.#choose(undefined);
  }

  /** Of which service the next event is: of the chosen one, else of one after the other. */
  next() {
    return this.chosen ?? /** @type {string} */ (this.#services[this.#next++ % this.#services.length]);
  }

  /**
   * @param {string} label
   * @param {string | undefined} service
   */
  #button(label, service) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'filter';
    button.textContent = label;
    button.dataset.service = service ?? '';
    button.addEventListener('click', () => this.#choose(service));
    return button;
  }

  /** @param {string | undefined} service */
  #choose(service) {
    this.chosen = service;
    for (const button of /** @type {HTMLElement[]} */ ([...this.#group.children])) {
      button.setAttribute('aria-pressed', String(button.dataset.service === (service ?? '')));
    }
    this.#onChoice(service);
  }
}
