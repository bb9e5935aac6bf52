import { expect, it } from 'vitest'
import { GENERATED_PARTS, insertPart, withoutPadding } from './src/docs.ts'
import { listEntryPoints, listPublicNames, listRooms, readText } from './src/public-names.ts'

it.each(GENERATED_PARTS.map((part) => [part.path, part] as const))(
  '%s says what the code says; otherwise run node test/contract/src/update-docs.ts',
  (path, part) => {
    const text = readText(path)
    expect(withoutPadding(text)).toBe(withoutPadding(insertPart(text, part)))
  },
)

it.each(listRooms().flatMap(listEntryPoints))('$path holds named re-exports and nothing else', ({ path }) => {
  const rest = readText(path)
    .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/export (?:type )?\{[^}]*\}(?: from '[^']+')?/g, '')
  expect(rest.trim()).toBe('')
})

it.each(['config', 'conventions', 'events', 'journal'])(
  'the README of @plutus/%s mentions every name that it exports',
  (room) => {
    const readme = readText(`packages/${room}/README.md`)
    const names = listEntryPoints(room)
      .flatMap(listPublicNames)
      .map((name) => name.replace(/^type /, ''))
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([])
  },
)
