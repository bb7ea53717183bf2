// SPDX-License-Identifier: Apache-2.0
import { compile } from 'vega-lite';
import { View, parse } from 'vega';

/**
 * Draws the plot of an outcome as SVG, on white so that it can be read on any page.
 *
 * @param {string} title
 * @param {{ kind: 'lines' | 'bars', x?: string, y: string, log?: boolean, logX?: boolean, limit?: number, points: { series: string, x: any, y: number }[] }} plot
 */
export async function svgOf(title, plot) {
  const scale = plot.log ? { type: 'log' } : { zero: true };
  const y = { field: 'y', type: 'quantitative', title: plot.y, scale };
  const color = { field: 'series', type: 'nominal', title: null, sort: null };
  const lines = {
    mark: { type: 'line', point: true },
    encoding: { x: { field: 'x', type: 'quantitative', title: plot.x, scale: { type: plot.logX === false ? 'linear' : 'log' } }, y, color },
  };
  const bars = {
    mark: 'bar',
    encoding: {
      x: { field: 'x', type: 'nominal', title: null, sort: null, axis: { labelAngle: 0 } }, xOffset: { field: 'series', sort: null },
      // A bar on a log scale needs a foot.
      y, y2: plot.log ? { datum: Math.min(...plot.points.map((point) => point.y)) / 2 } : undefined, color,
    },
  };
  const limit = plot.limit && { data: { values: [{}] }, mark: { type: 'rule', strokeDash: [4, 4], color: '#888' }, encoding: { y: { datum: plot.limit } } };
  const spec = {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json', width: 720, height: 320, background: 'white', title: { text: title, limit: 760, fontSize: 12 },
    data: { values: plot.points }, layer: [plot.kind === 'bars' ? bars : lines, ...(limit ? [limit] : [])],
    config: { font: 'sans-serif', range: { category: ['#999999', '#555555', '#e69f00', '#56b4e9', '#009e73', '#cc79a7', '#d55e00', '#0072b2'] } },
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  return (await view.toSVG()) + '\n';
}
