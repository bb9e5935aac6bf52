import { spawnSync } from 'node:child_process'
import { CATALOGUE } from '@plutus/conventions'
import { describe, expect, it } from 'vitest'
import { compareCatalogues, listUnannounced } from './src/catalogue-changes.ts'
import type { PublishedAttribute, PublishedEvent } from './src/catalogue-changes.ts'
import { findBump, furthestBump } from './src/changesets.ts'
import { readText, ROOT } from './src/public-names.ts'

const published = JSON.parse(readText('packages/conventions/catalogue.published.json')) as PublishedEvent[]

it('has types, docs and schema of the catalogue as it is', () => {
  const { stdout, status } = spawnSync(process.execPath, ['packages/conventions/generate.ts', '--check'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  expect([stdout, status]).toEqual(['', 0])
})

it('changes nothing of the published catalogue that a changeset does not announce', () => {
  const changes = compareCatalogues(published, CATALOGUE)
  expect(listUnannounced(changes, findBump('@plutus/conventions'))).toEqual([])
})

it.each([
  [undefined, ['major: a is gone', 'minor: b is new']],
  ['patch', ['major: a is gone', 'minor: b is new']],
  ['minor', ['major: a is gone']],
  ['major', []],
] as const)('asks for a changeset that announces the change when there is %s', (bump, unannounced) => {
  expect(listUnannounced({ breaking: ['a is gone'], compatible: ['b is new'] }, bump)).toEqual(unannounced)
})

describe('the comparison with the published catalogue', () => {
  const [first, ...others] = published as [PublishedEvent, ...PublishedEvent[]]
  const text: PublishedAttribute = { type: 'string', required: false }
  const change = (part: Partial<PublishedEvent>): PublishedEvent[] => [{ ...first, ...part }, ...others]
  const withAttribute = (attribute: PublishedAttribute): PublishedEvent[] =>
    change({ attributes: { ...first.attributes, own: attribute } })
  const own = withAttribute({ ...text, values: ['a', 'b'] })

  it.each<[string, PublishedEvent[], PublishedEvent[]]>([
    ['an event is removed', published, others],
    ['an event is renamed', published, change({ name: 'other.name' })],
    ['an event is of another class', published, change({ class: 'audit' })],
    ['a method is renamed', published, change({ method: 'other' })],
    ['a method moves to another logger', published, change({ logger: 'audit' })],
    ['an event takes no free attributes any more', change({ open: true }), published],
    ['an attribute is removed', own, published],
    ['an attribute has another type', own, withAttribute({ ...text, type: 'integer', values: ['a', 'b'] })],
    ['an attribute has another unit', own, withAttribute({ ...text, unit: 's', values: ['a', 'b'] })],
    ['an attribute is required that was not', own, withAttribute({ ...text, required: true, values: ['a', 'b'] })],
    ['an attribute is new and required', published, withAttribute({ ...text, required: true })],
    ['an attribute may not have a value that it had', own, withAttribute({ ...text, values: ['a', 'c'] })],
    ['an attribute that had any value has few', withAttribute(text), own],
  ])('finds a break when %s', (_what, before, after) => {
    expect(compareCatalogues(before, after).breaking).toHaveLength(1)
  })

  it.each<[string, PublishedEvent[], PublishedEvent[]]>([
    ['an event is added', others, published],
    ['an attribute is added', published, own],
    ['an attribute is no longer required', withAttribute({ ...text, required: true }), withAttribute(text)],
    ['an attribute may have one value more', own, withAttribute({ ...text, values: ['a', 'b', 'c'] })],
    ['an attribute may have any value', own, withAttribute(text)],
    ['a severity changes', published, change({ severity: 'fatal' })],
    ['an event takes free attributes', published, change({ open: true })],
  ])('finds an addition when %s', (_what, before, after) => {
    const { breaking, compatible } = compareCatalogues(before, after)
    expect(breaking).toEqual([])
    expect(compatible).toHaveLength(1)
  })

  it('finds nothing when nothing changed', () => {
    expect(compareCatalogues(published, published)).toEqual({ breaking: [], compatible: [] })
  })
})

it('takes the furthest bump of the changesets that name a package', () => {
  const minor = "---\n'@plutus/events': major\n'@plutus/conventions': minor\n---\n\n@plutus/conventions: major\n"
  expect(furthestBump([minor, '---\n"@plutus/conventions": patch\n---\n'], '@plutus/conventions')).toBe('minor')
  expect(furthestBump([minor], '@plutus/events')).toBe('major')
  expect(furthestBump([minor], '@plutus/config')).toBeUndefined()
})
