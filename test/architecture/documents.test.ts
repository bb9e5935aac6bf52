import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { listRooms, listSources, readSource, ROOT } from './src/repository.ts'

// A link to a file of the repository: no scheme, no mere anchor. One class per part, so linear.
const LINK = /\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)/g

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...['packages', 'examples', 'test', 'otel-collector'].flatMap((folder) => listSources(folder, /\.md$/)),
]

it('has every link between documents lead somewhere', () => {
  const broken = documents.flatMap((path) =>
    [...readSource(path).matchAll(LINK)]
      .map(([, target = '']) => target)
      .filter((target) => !existsSync(join(ROOT, dirname(path), target)))
      .map((target) => `${path}: ${target}`),
  )
  expect(broken).toEqual([])
})

it.each(listRooms())('gives %s a README of its own', (room) => {
  expect(existsSync(join(ROOT, 'packages', room, 'README.md'))).toBe(true)
})

it('names in the README every package that is published', () => {
  const readme = readSource('README.md')
  expect(listRooms().filter((room) => !readme.includes(`packages/${room}/README.md`))).toEqual([])
})
