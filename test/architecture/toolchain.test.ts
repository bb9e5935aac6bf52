import { expect, it } from 'vitest'
import { listFiles, listSources, readManifest, readSource, ROOT } from './src/repository.ts'

it('runs the scripts on the Node that the project brings', () => {
  const brought = readManifest('.').optionalDependencies ?? {}
  const versions = new Set(Object.values(brought).map((version) => `v${version}`))
  expect(versions).toContain(process.version)
  expect(process.execPath).toContain('node_modules')
})

it('has one version of each OpenTelemetry core package', () => {
  const lock = readSource('pnpm-lock.yaml')
  const core =
    /^ {2}'?(@opentelemetry\/(?:instrumentation|core|resources|sdk-[a-z]+|otlp-[a-z-]+)|import-in-the-middle)@([\d.]+)/gm
  const versions = new Map<string, Set<string>>()
  for (const [, name = '', version = ''] of lock.matchAll(core)) {
    // The line before this one is there by another name, to show that its users are served too.
    if (!version.startsWith('0.2')) versions.set(name, (versions.get(name) ?? new Set()).add(version))
  }
  expect(versions.size).toBeGreaterThan(5)
  expect([...versions].filter(([, found]) => found.size > 1).map(([name]) => name)).toEqual([])
})

it('names no registry host in the lockfile', () => {
  expect(readSource('pnpm-lock.yaml')).not.toMatch(/https?:\/\/[^\s/]*(?:npm|registry)/)
})

it('keeps paths of one machine out of the sources', () => {
  const here = new RegExp(`(?:${ROOT.replace(/[/\\]$/, '')}|/home/[a-z]+/|/Users/[a-z]+/|[A-Z]:\\\\Users)`)
  const text = listFiles().filter(
    (path) => /\.(?:[cm]?[jt]s|json|md|ya?ml|sh)$|run$/.test(path) && !path.includes('architecture/'),
  )
  expect(text.length).toBeGreaterThan(20)
  expect(text.filter((path) => here.test(readSource(path)))).toEqual([])
})

it('gives every test a check that can fail', () => {
  const tests = [...listSources('packages'), ...listSources('test'), ...listSources('examples')].filter((path) =>
    path.endsWith('.test.ts'),
  )
  expect(tests.filter((path) => !/\bexpect\b|\bassert\b|expectTypeOf/.test(readSource(path)))).toEqual([])
})
