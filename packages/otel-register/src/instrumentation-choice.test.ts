import { expect, it } from 'vitest'
import { chooseInstrumentations } from './instrumentation-choice.ts'

const TABLE = [
  { name: 'express', modules: { express: ['.'] } },
  { name: 'fs', modules: { fs: ['.'] }, onRequest: true },
  { name: 'pg', modules: { pg: ['.'] } },
] as const

const choose = (enabled: string[], disabled: string[] = []): string[] =>
  chooseInstrumentations(TABLE, enabled, disabled).chosen.map(({ name }) => name)

it.each([
  ['all that need no request by default', [], [], ['express', 'pg']],
  ['only the enabled ones', ['pg'], [], ['pg']],
  ['one that needs a request', ['fs', 'pg'], [], ['fs', 'pg']],
  ['all but the disabled ones', [], ['pg'], ['express']],
  ['the enabled ones less the disabled ones', ['fs', 'pg'], ['pg'], ['fs']],
  ['none if only an unknown one is enabled', ['mongo'], [], []],
  ['by upstream package name', ['@opentelemetry/instrumentation-pg'], [], ['pg']],
])('chooses %s', (_what, enabled, disabled, expected) => {
  expect(choose(enabled, disabled)).toEqual(expected)
})

it('tells a name that resembles one, and only the place of one that does not', () => {
  const { warnings } = chooseInstrumentations(TABLE, ['pg', 'expres'], ['sk_live_51H8'])
  expect(warnings).toEqual([
    'OTEL_NODE_ENABLED_INSTRUMENTATIONS: there is no instrumentation "expres"; did you mean express?',
    'OTEL_NODE_DISABLED_INSTRUMENTATIONS: entry 1 is not the name of an instrumentation',
  ])
})
