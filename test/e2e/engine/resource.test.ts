import { runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver, ReceivedAttributes } from '@plutus/test-kit'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

async function resourceWith(env: Record<string, string>, args: string[] = []): Promise<ReceivedAttributes> {
  await runProgram({ file: programFile('many-spans.mjs'), args, receiver, env })
  const resource = receiver.spans[0]?.resource
  expect(resource).toBeDefined()
  return resource ?? {}
}

const keysOf = (resource: ReceivedAttributes): string[] => Object.keys(resource).sort()

it('names the service after the package that the program is in', async () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as Record<string, string>
  const resource = await resourceWith({})
  expect(resource).toMatchObject({ 'service.name': own['name'], 'service.version': own['version'] })
})

it.each([
  [
    'OTEL_SERVICE_NAME over all else',
    { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.name=other' },
    undefined,
  ],
  [
    'OTEL_RESOURCE_ATTRIBUTES over the package',
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop,service.version=7' },
    '7',
  ],
])('names the service by %s', async (_how, env, version) => {
  const resource = await resourceWith({ ...env })
  expect(resource['service.name']).toBe('shop')
  expect(resource['service.version']).toBe(version)
})

it('describes process, host and distribution, but not the command line, which may hold passwords', async () => {
  const resource = await resourceWith({ OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process,serviceinstance' }, [
    '--password=secret',
  ])
  expect(resource).toMatchObject({
    'telemetry.sdk.name': '@plutus/sdk',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.distro.name': '@plutus/otel-register',
    'telemetry.distro.version': expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
    'process.runtime.name': 'nodejs',
    'process.command': programFile('many-spans.mjs'),
    'host.name': expect.any(String) as string,
    'os.type': expect.any(String) as string,
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
  })
  expect(JSON.stringify(Object.values(resource))).not.toContain('secret')
})

it.each([
  ['none', []],
  ['env', []],
  ['os', ['os.type', 'os.version']],
  ['serviceinstance', ['service.instance.id']],
])('detects with %s only what that says', async (detectors, keys) => {
  const always = [
    'service.name',
    'service.version',
    'telemetry.distro.name',
    'telemetry.distro.version',
    'telemetry.sdk.language',
    'telemetry.sdk.name',
    'telemetry.sdk.version',
  ]
  expect(keysOf(await resourceWith({ OTEL_NODE_RESOURCE_DETECTORS: detectors }))).toEqual([...keys, ...always].sort())
})

it('says in one line that there is no detector for a cloud', async () => {
  const env = { OTEL_NODE_RESOURCE_DETECTORS: 'aws,host', OTEL_LOG_LEVEL: 'warn' }
  const { stderr } = await runProgram({ file: programFile('many-spans.mjs'), receiver, env })
  expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('OTEL_NODE_RESOURCE_DETECTORS')])
  expect(receiver.spans[0]?.resource).toHaveProperty(['host.name'])
})
