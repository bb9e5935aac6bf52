import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull } from '@plutus/test-kit'
import { beforeAll, describe, expect, it } from 'vitest'

const HOME = fileURLToPath(new URL('../../otel-collector/distribution/', import.meta.url))
const { reason } = collectorBinary
const BUILD_MILLIS = 1_200_000

describe.skipIf(reason !== '')(`the distribution${reason && ` (${reason})`}`, () => {
  beforeAll(async () => void (await collectorBinary.ensure()), BUILD_MILLIS)

  it('has every component of builder.yaml in the version that stands there', async () => {
    const { stdout } = await promisify(execFile)(collectorBinary.path, ['components'])
    const wanted = [...readFileSync(join(HOME, 'builder.yaml'), 'utf8').matchAll(/gomod: (\S+ \S+)/g)]
    expect(wanted.length).toBeGreaterThan(30)
    expect(wanted.map(([, module = '']) => module).filter((module) => !stdout.includes(module))).toEqual([])
  })

  it.each(isFull ? [`${process.platform}-${process.arch}`] : [])(
    'is packed for %s as npm installs it, with the binary inside',
    (name) => {
      execFileSync(process.execPath, [join(HOME, 'src/main.ts'), 'packages', name])
      const folder = join(HOME, 'npm', name)
      const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      expect(manifest).toMatchObject({ name: `@plutus/otelcol-${name}`, os: [process.platform], cpu: [process.arch] })
      const binary = join(folder, 'bin', process.platform === 'win32' ? 'otelcol-plutus.exe' : 'otelcol-plutus')
      expect(statSync(binary).size).toBeGreaterThan(50_000_000)
      expect(execFileSync(binary, ['--version'], { encoding: 'utf8' })).toContain('otelcol-plutus version 0.158.0')
    },
    BUILD_MILLIS,
  )
})
