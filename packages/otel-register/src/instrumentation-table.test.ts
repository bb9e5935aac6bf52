import { resolveConfig } from '@plutus/config'
import { globSync } from 'node:fs'
import { basename, sep } from 'node:path'
import type { Instrumentation, InstrumentationModuleDefinition } from '@opentelemetry/instrumentation'
import { describe, expect, it } from 'vitest'
import type { InstrumentationFile } from './instrumentation-loader.ts'
import { INSTRUMENTATIONS } from './instrumentation-table.ts'
import type { InstrumentationSpec } from './instrumentation-table.ts'

const FOLDER = new URL('instrumentations/', import.meta.url)
const WITH_MODULES = INSTRUMENTATIONS.filter(({ modules }) => Object.keys(modules).length > 0)

/** What upstream's base class and its heirs keep of the modules that they patch. */
interface Internals {
  readonly _modules: readonly InstrumentationModuleDefinition[]
  getModuleDefinitions(): InstrumentationModuleDefinition[]
}

const load = async (spec: InstrumentationSpec): Promise<Instrumentation> => {
  const file = (await import(new URL(`${spec.name}.ts`, FOLDER).href)) as InstrumentationFile
  return file.create(resolveConfig({}))
}

/** Modules and parts that an instrumentation patches, in the words of the table. */
const declared = (instrumentation: Instrumentation): Map<string, Set<string>> => {
  const internals = instrumentation as unknown as Internals
  const definitions = internals._modules.length > 0 ? internals._modules : internals.getModuleDefinitions()
  const parts = new Map<string, Set<string>>()
  for (const { name, patch, files } of definitions) {
    const own = parts.get(name) ?? new Set()
    parts.set(name, own)
    if (patch !== undefined) own.add('.')
    for (const file of files) own.add(file.name.slice(name.length + 1).replaceAll(sep, '/'))
  }
  return parts
}

it('names every file of instrumentations/, and no other', () => {
  const files = globSync('*.ts', { cwd: FOLDER.pathname }).map((file) => basename(file, '.ts'))
  expect(INSTRUMENTATIONS.map(({ name }) => name).sort()).toEqual(files.sort())
})

it('is in alphabetical order', () => {
  const names = INSTRUMENTATIONS.map(({ name }) => name)
  expect(names).toEqual([...names].sort())
})

it('gives every instrumentation something to wait for', () => {
  const idle = INSTRUMENTATIONS.filter(({ modules, waitsFor }) => Object.keys(modules).length === 0 && !waitsFor)
  expect(idle).toEqual([])
})

describe('waits for all that the instrumentation patches:', () => {
  it.each(WITH_MODULES)('$name', async (spec) => {
    const parts = declared(await load(spec))
    for (const [name, own] of parts) {
      expect(Object.keys(spec.modules)).toContain(name)
      expect([...(spec.modules[name] ?? [])]).toEqual(expect.arrayContaining([...own]))
    }
    // One that listens to channels patches nothing; its modules only say when to load it.
    const isPatching = parts.size > 0
    expect(Object.keys(spec.modules).filter((name) => isPatching && !parts.has(name))).toEqual([])
  })
})
