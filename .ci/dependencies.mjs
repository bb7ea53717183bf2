// SPDX-License-Identifier: Apache-2.0
//
// Asks OSV (https://osv.dev, no key needed) whether anything in the bill of materials of the build has a known vulnerability:
//
//   .ci/dependencies [--osv URL] [--ignored FILE] [SBOM]
//
// Exit code: 0 all was asked about and nothing is known but what is ignored, 1 something is known, 2 NOT CHECKED (no bill, OSV not
// reachable, an answer that is not one): that is not "clean". What is sent: names and versions of libraries, nothing else.
//
// What is ignored has a reason and a day on which it is looked at again; after that day it counts as if it were not ignored.

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HERE = dirname(fileURLToPath(import.meta.url))
const QUERIES_A_REQUEST = 1000 // OSV's bound
const PAGES = 20
const PATIENCE_MS = 30_000

class NotChecked extends Error {}

/** @param {string} file */
async function json(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (e) {
    throw new NotChecked(`${file} cannot be read: ${e.message}`)
  }
}

/**
 * The package URLs of a CycloneDX bill, without qualifiers, which OSV does not want.
 * @param {string} file
 */
async function packages(file) {
  const bill = await json(file)
  if (bill?.bomFormat !== 'CycloneDX' || !Array.isArray(bill.components) || bill.components.length === 0) {
    throw new NotChecked(`${file} is no CycloneDX bill of materials with components`)
  }
  const nameless = bill.components.find((each) => !/^pkg:[^@]+@[^?#]+/.test(each?.purl ?? ''))
  if (nameless) {
    throw new NotChecked(`${file}: ${nameless.name} has no package URL with a version`)
  }
  return [...new Set(bill.components.map((each) => each.purl.split(/[?#]/)[0]))].sort()
}

/**
 * What is ignored, by its id, whether or not its day has come.
 * @param {string} file
 */
async function ignored(file) {
  const entries = await json(file)
  if (!Array.isArray(entries)) {
    throw new NotChecked(`${file} is no list`)
  }
  for (const { id, reason, until } of entries) {
    if (!id?.trim?.() || !reason?.trim?.() || !/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(Date.parse(until))) {
      throw new NotChecked(`${file}: each entry needs "id", "reason" and "until" (a day, 2030-01-31): ${JSON.stringify({ id, until })}`)
    }
  }
  return new Map(entries.map((each) => [each.id, each]))
}

/**
 * @param {string} url
 * @param {unknown} [body] posted, if there is one
 */
async function ask(url, body) {
  let response
  try {
    response = await fetch(url, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(body && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (response.ok) {
      return await response.json()
    }
  } catch (e) {
    throw new NotChecked(`${url}: ${e.cause?.message || e.message}`)
  }
  throw new NotChecked(`${url} answered ${response.status}`)
}

/**
 * The ids of what is known of each package, in their order.
 * @param {string} osv
 * @param {string[]} purls
 */
async function known(osv, purls) {
  const found = purls.map(() => new Set())
  let open = purls.map((purl, index) => ({ index, query: { package: { purl } } }))
  for (let page = 0; open.length > 0; page++) {
    if (page === PAGES) {
      throw new NotChecked(`${osv} has more than ${PAGES} pages`)
    }
    const next = []
    for (let from = 0; from < open.length; from += QUERIES_A_REQUEST) {
      const asked = open.slice(from, from + QUERIES_A_REQUEST)
      const { results } = await ask(`${osv}/v1/querybatch`, { queries: asked.map((each) => each.query) })
      if (!Array.isArray(results) || results.length !== asked.length) {
        throw new NotChecked(`${osv} answered ${results?.length} of ${asked.length} questions`)
      }
      results.forEach((result, i) => {
        const { index, query } = asked[i]
        for (const { id } of result?.vulns ?? []) {
          found[index].add(id)
        }
        if (result?.next_page_token) {
          next.push({ index, query: { ...query, page_token: result.next_page_token } })
        }
      })
    }
    open = next
  }
  return found
}

/** The other names of a vulnerability and what it is, in a line. */
async function describe(osv, id) {
  const { aliases = [], summary, details } = await ask(`${osv}/v1/vulns/${encodeURIComponent(id)}`)
  return { names: [id, ...aliases], text: summary ?? details?.split('\n')[0] ?? '' }
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { osv: { type: 'string' }, ignored: { type: 'string' } },
  })
  const osv = (values.osv ?? 'https://api.osv.dev').replace(/\/$/, '')
  const purls = await packages(positionals[0] ?? join(HERE, '../cli/target/sluice-sbom.json'))
  const ignore = await ignored(values.ignored ?? join(HERE, 'dependencies-ignored.json'))
  const knownOf = await known(osv, purls)
  const today = new Date().toISOString().slice(0, 10)
  const used = new Set()
  let count = 0
  for (const [i, purl] of purls.entries()) {
    for (const id of knownOf[i]) {
      const { names, text } = await describe(osv, id)
      const entry = names.map((name) => ignore.get(name)).find(Boolean)
      if (entry) {
        used.add(entry.id)
      }
      if (entry && today <= entry.until) {
        console.log(`ignored until ${entry.until}: ${purl} ${names.join(' ')}: ${entry.reason}`)
      } else {
        count++
        const late = entry ? ` (was ignored until ${entry.until}: look again)` : ''
        console.log(`KNOWN VULNERABILITY: ${purl} ${names.join(' ')}: ${text}${late}`)
      }
    }
  }
  for (const id of [...ignore.keys()].filter((each) => !used.has(each))) {
    console.log(`ignored, but not found any more, take it out: ${id}`)
  }
  console.log(`${purls.length} packages checked against ${osv}: ${count === 0 ? 'nothing known' : `${count} known`}`)
  process.exitCode = count === 0 ? 0 : 1
}

main().catch((e) => {
  console.error(e instanceof NotChecked ? `NOT CHECKED: ${e.message}` : `NOT CHECKED: ${e.stack}`)
  process.exitCode = 2
})
