import { expect, it } from 'vitest'
import { listRooms, listSources, readManifest, readSource } from './src/repository.ts'

// The house: a room imports rooms on lower floors only.
const FLOORS: readonly (readonly string[])[] = [
  ['conventions'],
  ['otlp', 'redaction', 'policy', 'journal', 'config'],
  ['events', 'sdk'],
  [
    'instrumentation-http',
    'instrumentation-database',
    'instrumentation-messaging',
    'instrumentation-stripe',
    'security',
    'audit',
  ],
  ['otel-register', 'console'],
  ['cli'],
]
// They read the environment, act when imported, or end a process; no other room does.
const ROOMS_THAT_ACT = new Set(['otel-register', 'console', 'cli'])
// The loggers also serve without the hook: they then read their settings themselves, once, and here only.
const READS_ENVIRONMENT = 'packages/events/src/settings.ts'
const SPECIFIER = /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"]([^'"]+)['"]/g

const rooms = listRooms()
const floorOf = (room: string): number => FLOORS.findIndex((floor) => floor.includes(room))
const roomOf = (name: string): string | undefined => /^@plutus\/([^/]+)/.exec(name)?.[1]
const sourcesOf = (room: string): string[] => listSources(`packages/${room}/src`)
const importsOf = (path: string): string[] => [...readSource(path).matchAll(SPECIFIER)].map((match) => match[1] ?? '')

it('gives every room a floor', () => {
  expect(rooms.filter((room) => floorOf(room) === -1)).toEqual([])
})

it.each(rooms)('lets %s depend on lower floors only', (room) => {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = readManifest('packages', room)
  const needed = Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies })
  const upward = needed
    .filter((name) => name !== '@plutus/test-kit') // tests may use the kit, whatever their floor
    .map(roomOf)
    .filter((other) => other !== undefined && floorOf(other) >= floorOf(room))
  expect(upward).toEqual([])
})

it.each(rooms)('has %s name every room that it imports in its package.json', (room) => {
  const { dependencies, devDependencies } = readManifest('packages', room)
  const known = new Set(Object.keys({ ...dependencies, ...devDependencies }))
  const strangers = sourcesOf(room).flatMap((path) =>
    importsOf(path)
      .map((specifier) => /^@plutus\/[^/]+/.exec(specifier)?.[0])
      .filter((name) => name !== undefined && !known.has(name))
      .map((name) => `${path}: ${name}`),
  )
  expect(strangers).toEqual([])
})

it.each(rooms)('keeps the test kit out of what %s ships', (room) => {
  const shipped = sourcesOf(room).filter((path) => !/\.(test|bench)\.ts$/.test(path))
  expect(shipped.filter((path) => importsOf(path).includes('@plutus/test-kit'))).toEqual([])
  expect(readManifest('packages', room).dependencies ?? {}).not.toHaveProperty('@plutus/test-kit')
})

it.each(rooms.filter((room) => !ROOMS_THAT_ACT.has(room)))(
  'has %s leave the environment and the process alone',
  (room) => {
    const shipped = sourcesOf(room).filter((path) => !/\.(test|bench)\.ts$/.test(path))
    expect(shipped.filter((path) => /process\.(exit\(|kill\(|abort\()/.test(readSource(path)))).toEqual([])
    const readers = shipped.filter((path) => readSource(path).includes('process.env'))
    expect(readers.filter((path) => path !== READS_ENVIRONMENT)).toEqual([])
  },
)

it.each(rooms)('has %s keep its relative imports inside its own folder', (room) => {
  const outside = sourcesOf(room).filter((path) => {
    // packages/<room>/src/<file> is depth 0; its test may also reach what builds the room.
    const depth = path.split('/').length - (path.endsWith('.test.ts') ? 3 : 4)
    return importsOf(path).some((specifier) => (/^(?:\.\.\/)+/.exec(specifier)?.[0].length ?? 0) / 3 > depth)
  })
  expect(outside).toEqual([])
})

it('has no top-level await in what the hook loads', () => {
  const loaded = rooms.filter((room) => room !== 'cli' && room !== 'console').flatMap(sourcesOf)
  const shipped = loaded.filter((path) => !/\.(test|bench)\.ts$/.test(path))
  expect(shipped.filter((path) => /^(?:(?:export )?const [^=]+= )?await /m.test(readSource(path)))).toEqual([])
})
