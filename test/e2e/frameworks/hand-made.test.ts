import { END_NODES, isFull } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { only, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

const cases = END_NODES.flatMap((node) =>
  ['plutus', 'upstream']
    .filter((engine) => isFull || engine === 'plutus' || node === END_NODES.at(-1))
    .map((engine) => [node.label, engine, node] as const),
)

it.each(cases)(
  'has every framework treat hand-made requests as it does without the hook on Node %s (engine %s)',
  async (_label, engine, node) => {
    const { spans } = await runBoth(programFile('hand-made.cjs'), { node, env: { PLUTUS_ENGINE: engine } })
    const server = only(spans, ({ kind }) => kind === 'SERVER')
    expect(server.attributes['url.path']).toBe('/outer')
    expect(server.attributes['http.response.status_code']).toBe(200)
  },
)
