// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, section, summaryRow, table, withSummaryRow } from '../lib/report.mjs';
import { svgOf } from '../lib/plot.mjs';
import { keyValue } from '../lib/results.mjs';

const result = (id, met = true, othersPercent = 1) => ({
  id, title: `scenario ${id}`, full: true, seconds: 10, jdk: 17, columns: ['server', 'p50'], rows: [['a|b', 1]],
  checks: [{ label: 'p50', target: '< 2 ms', measured: '1 ms', met }],
  machine: { cpu: 'a CPU', cores: 2, kernel: '6', node: 'v20', commit: 'abc', changed: false, othersPercent, measuredAt: '2026-01-01T10:20:30Z' },
});
const page = 'before\n<!-- summary -->\n<!-- /summary -->\n## B1\n<!-- B1 -->\nold\n<!-- /B1 -->\nafter';

test('should replace only what is between the markers', () => {
  assert.equal(between(page, 'B1', 'new'), page.replace('old', 'new'));
  assert.throws(() => between(page, 'B2', 'new'), /markers/);
});

test('should keep the rows of other scenarios, in order, when one is measured', () => {
  let text = page;
  for (const id of ['B10', 'B2', 'B1']) text = withSummaryRow(text, summaryRow(result(id)));
  text = withSummaryRow(text, summaryRow(result('B2', false)));
  const rows = text.split('\n').filter((line) => line.startsWith('| [B'));
  assert.deepEqual(rows.map((row) => /\[(B\d+)\]/.exec(row)[1]), ['B1', 'B2', 'B10']);
  assert.match(rows[1], /\*\*missed\*\*/);
  assert.doesNotMatch(rows[0], /missed/);
});

test('should say when the machine was not quiet', () => {
  assert.match(section(result('B1', true, 40)), /measured again/);
  assert.doesNotMatch(section(result('B1')), /measured again/);
});

test('should escape what would end a cell', () => {
  assert.equal(table(['a'], [['x|y']]), '| a |\n|---|\n| x\\|y |');
});

test('should quote values that are more than a word', () => {
  assert.equal(keyValue({ a: 1, b: 'x y', c: 'p50/p99' }), 'a=1 b="x y" c=p50/p99');
});

test('should draw every series of a plot, and its limit', async () => {
  const points = [1, 10, 100].flatMap((x) => [{ series: 'ours', x, y: x }, { series: 'theirs', x, y: 3 * x }]);
  const lines = await svgOf('a title', { kind: 'lines', x: 'rate', y: 'ms', log: true, limit: 100, points });
  assert.match(lines, /^<svg/);
  for (const text of ['ours', 'theirs', 'a title', 'rate']) assert.ok(lines.includes(`>${text}<`), text);
  const bars = await svgOf('bars', { kind: 'bars', y: 'ms', points: points.map((point) => ({ ...point, x: `at ${point.x}` })) });
  assert.ok(bars.includes('>at 100<'));
});
