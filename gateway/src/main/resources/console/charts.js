// SPDX-License-Identifier: Apache-2.0
import uPlot from './vendor/uPlot.js';
import { get } from './dom.js';

/** @typedef {import('./history.js').Point} Point */

/** @param {string} name of a colour in theme.css */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A chart over time, in the place of an element; as wide as that is, in the colours of the theme. */
export class Chart {
  #place;
  #lines;
  /** @type {uPlot | undefined} */
  #plot;
  /** @type {Point[]} */
  #points = [];

  /**
   * @param {string} id
   * @param {{label: string, colour: string, value: (point: Point) => number}[]} lines
   */
  constructor(id, lines) {
    this.#place = get(id, HTMLElement);
    this.#lines = lines;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(this.#place);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#plot?.destroy();
      this.#plot = undefined;
      this.show(this.#points);
    });
  }

  /** @param {Point[]} points */
  show(points) {
    this.#points = points;
    const data = /** @type {uPlot.AlignedData} */ ([
      points.map(({ at }) => at / 1000),
      ...this.#lines.map(({ value }) => points.map(value)),
    ]);
    if (this.#plot === undefined) {
      this.#plot = new uPlot(this.#options(), data, this.#place);
    } else {
      this.#plot.setData(data);
    }
  }

  #size() {
    // The legend stands below the plot.
    return { width: Math.max(200, this.#place.clientWidth), height: this.#place.clientHeight - 30 };
  }

  /** @returns {uPlot.Options} */
  #options() {
    const axis = { stroke: colour('--ink-soft'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } };
    return {
      ...this.#size(),
      scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, (max ?? 0) * 1.1)] } },
      axes: [axis, { ...axis, size: 62 }],
      series: [
        { value: '{HH}:{mm}:{ss}' },
        ...this.#lines.map(({ label, colour: name }) => ({
          label,
          stroke: colour(name),
          width: 2,
          points: { show: false },
          value: (/** @type {uPlot} */ _plot, /** @type {number | null} */ value) => (value === null ? '–' : value.toFixed(1)),
        })),
      ],
    };
  }
}
