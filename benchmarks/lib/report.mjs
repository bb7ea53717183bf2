// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { QUIET_PERCENT } from './machine.mjs';
import { svgOf } from './plot.mjs';

const folder = new URL('../../docs/benchmarks/', import.meta.url).pathname;
const page = `${folder}README.md`;

/** Puts a text between the markers of a name; the page must have them. */
export function between(text, name, content) {
  const begin = `<!-- ${name} -->`;
  const end = `<!-- /${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`the page has no markers ${begin} and ${end}`);
  return text.slice(0, from + begin.length) + '\n' + content + '\n' + text.slice(to);
}

/** A table of Markdown. */
export function table(columns, rows) {
  const cell = (value) => String(value ?? '').replaceAll('|', '\\|');
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(columns), `|${columns.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

const idOf = (row) => /^\| \[(B\d+)\]/.exec(row)?.[1];

/** The row of a scenario in the summary: all its checks. */
export function summaryRow(result) {
  const each = (say) => result.checks.map(say).join('<br>');
  return table([], [[`[${result.id}](#${result.id.toLowerCase()})`, result.title, each((c) => `${c.label}: ${c.target}`), each((c) => c.measured),
    each((c) => (c.met ? 'met' : '**missed**')), `\`./sluice bench --full --only ${result.id}\``]]).split('\n').at(-1);
}

/** The summary with the row of one scenario replaced or added. */
export function withSummaryRow(text, row) {
  const old = text.slice(text.indexOf('<!-- summary -->'), text.indexOf('<!-- /summary -->')).split('\n');
  const rows = [...old.filter((line) => idOf(line) && idOf(line) !== idOf(row)), row];
  rows.sort((x, y) => Number(idOf(x).slice(1)) - Number(idOf(y).slice(1)));
  const head = table(['', 'scenario', 'target', 'measured', '', 'command'], []);
  return between(text, 'summary', [head, ...rows].join('\n'));
}

/** The section of a scenario: its table, where it was measured, its plot. */
export function section(result) {
  const { machine } = result;
  const noise = machine.othersPercent > QUIET_PERCENT ? ` **Others used ${machine.othersPercent} % of the machine meanwhile: to be measured again.**` : '';
  const facts = Object.entries(result.facts ?? {}).map(([key, value]) => `${key} ${value}`).join(', ');
  return [
    table(result.columns, result.rows), '',
    `Measured ${machine.measuredAt.slice(0, 16).replace('T', ' ')} UTC, commit ${machine.commit}${machine.changed ? ' with changes' : ''}, ${machine.cpu}, ${machine.cores} cores, Linux ${machine.kernel}, JDK ${result.jdk}, Node ${machine.node}${facts ? `, ${facts}` : ''}; ${result.full ? 'full' : 'short'} run of ${result.seconds} s.${noise}`,
    ...(result.plot ? ['', `![${result.title}](${result.id.toLowerCase()}.svg)`] : []),
  ].join('\n');
}

/** Writes a result into the page and draws its plot; what others measured stays. */
export async function report(result) {
  mkdirSync(folder, { recursive: true });
  if (!existsSync(page)) throw new Error(`${page} is missing`);
  let text = readFileSync(page, 'utf8');
  text = withSummaryRow(text, summaryRow(result));
  text = between(text, result.id, section(result));
  writeFileSync(page, text);
  if (result.plot) writeFileSync(`${folder}${result.id.toLowerCase()}.svg`, await svgOf(`${result.id} ${result.title}`, result.plot));
}
