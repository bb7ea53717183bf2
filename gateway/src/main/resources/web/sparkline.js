// SPDX-License-Identifier: Apache-2.0

const BAR_WIDTH = 4;
const BAR_STEP = 6;
const CAP_HEIGHT = 2;
const MIN_HEIGHT = 2;
/** The scale never gets finer than this, or the noise of an idle machine would look like trouble. Milliseconds. */
const MIN_SCALE_MS = 10;

/**
 * The stream as bars, one an event in the order of its seq: a live event is as tall as its latency, a replayed one is full
 * height in another colour, and one that waits in the log for the connection to come back is an outline, which the replay
 * then fills. A hole in the stream would be a hole in the picture.
 *
 * Colours come from custom properties of the canvas, so that light and dark are the style sheet's business.
 */
export class Sparkline {
  #canvas;
  #context;
  /** @type {CSSStyleDeclaration} */
  #style;

  /** @param {HTMLCanvasElement} canvas its box gives the size */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#style = getComputedStyle(canvas);
  }

  /**
   * Draws anew.
   *
   * @param {import('./stats.js').Bar[]} bars oldest first
   * @param {number} waiting how many more are known to wait in the log
   * @returns {number} what the full height stands for, milliseconds
   */
  render(bars, waiting) {
    const { width, height } = this.#fit();
    const slots = Math.floor((width + BAR_STEP - BAR_WIDTH) / BAR_STEP);
    const outlines = Math.min(waiting, Math.floor(slots / 2));
    const shown = bars.slice(-Math.max(1, slots - outlines));
    const scale = niceCeiling(Math.max(MIN_SCALE_MS, ...shown.map(({ kind, ms }) => (kind === 'live' ? ms : 0))));
    shown.forEach((bar, i) => this.#bar(bar, i * BAR_STEP, height, scale));
    for (let i = 0; i < outlines; i++) {
      this.#outline((shown.length + i) * BAR_STEP, height);
    }
    return scale;
  }

  /** Makes the bitmap as sharp as the screen, and empties it. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = globalThis.devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
    }
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    return { width, height };
  }

  /**
   * @param {import('./stats.js').Bar} bar
   * @param {number} x
   * @param {number} height
   * @param {number} scale
   */
  #bar({ kind, ms }, x, height, scale) {
    const tall = kind === 'live' ? Math.max(MIN_HEIGHT, (ms / scale) * height) : height;
    this.#context.fillStyle = this.#colour(kind);
    this.#context.globalAlpha = kind === 'live' ? 0.85 : 0.4;
    this.#context.fillRect(x, height - tall, BAR_WIDTH, tall);
    this.#context.globalAlpha = 1;
    this.#context.fillRect(x, height - tall, BAR_WIDTH, Math.min(CAP_HEIGHT, tall));
  }

  /**
   * @param {number} x
   * @param {number} height
   */
  #outline(x, height) {
    this.#context.strokeStyle = this.#colour('replay');
    this.#context.setLineDash([2, 2]);
    this.#context.strokeRect(x + 0.5, 0.5, BAR_WIDTH - 1, height - 1);
    this.#context.setLineDash([]);
  }

  /** @param {'live' | 'replay' | 'gap'} kind */
  #colour(kind) {
    return this.#style.getPropertyValue(`--${kind}`);
  }
}

/**
 * The next of 1, 2, 5, 10, 20, 50 …
 *
 * @param {number} ms
 */
function niceCeiling(ms) {
  const power = 10 ** Math.floor(Math.log10(ms));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= ms) ?? 10;
  return step * power;
}
