import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { services, startProgram } from '@plutus/test-kit'
import { portOf, SCENARIOS } from './scenarios.ts'
import type { Figures, Scenario, Stage } from './scenarios.ts'
import { renderScenario } from './table.ts'
import { listVariants } from './variants.ts'
import type { Variant } from './variants.ts'

// Interleaved rounds: each runs every variant once, in an order of its own, so that a noisy minute hits all of them.

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    variants: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(
    'pnpm bench [--rounds 5] [--seconds 3] [--only "hello world"] [--variants none,plutus] [--json]\npnpm bench:peers installs the peers first\n',
  )
} else await main(Number(values.rounds), Number(values.seconds))

async function main(rounds: number, seconds: number): Promise<void> {
  const { variants: installed, absent } = listVariants()
  const chosen = values.variants?.split(',')
  const variants = installed.filter(({ name }) => chosen?.includes(name) ?? true)
  if (absent.length > 0)
    process.stderr.write(`Not installed, so not measured: ${absent.join(', ')} (pnpm bench:peers installs them)\n`)
  const { postgres } = services
  const scenarios = SCENARIOS.filter(
    ({ name }) => (values.only ?? name) === name && (name !== 'checkout' || postgres.available),
  )
  if (!postgres.available) process.stderr.write(`The checkout is not measured: ${postgres.reason}\n`)
  const sink = startProgram({
    hook: 'none',
    file: fileURLToPath(new URL('sink.ts', import.meta.url)),
    timeoutMillis: 0,
  })
  const provider = startProgram({
    hook: 'none',
    file: fileURLToPath(new URL('../programs/checkout.cjs', import.meta.url)),
    args: ['provider'],
    timeoutMillis: 0,
  })
  try {
    const stage: Stage = {
      sinkUrl: `http://127.0.0.1:${await portOf(sink)}`,
      databaseUrl: postgres.url,
      providerPort: String(await portOf(provider)),
      seconds,
    }
    const results: Record<string, Record<string, readonly Figures[]>> = {}
    for (const scenario of scenarios) {
      const count = rounds * (scenario.repeat ?? 1)
      const runs = await runRounds(scenario, variants, stage, count)
      results[scenario.name] = Object.fromEntries(runs)
      if (!values.json)
        process.stdout.write(
          `${renderScenario(`${scenario.name} (median of ${count}; beside it what is added to none)`, runs)}\n`,
        )
    }
    const text = `${JSON.stringify({ node: process.version, rounds, seconds, results }, undefined, 2)}\n`
    const folder = new URL('../results/', import.meta.url)
    mkdirSync(folder, { recursive: true })
    writeFileSync(new URL('latest.json', folder), text)
    if (values.json) process.stdout.write(text)
  } finally {
    await Promise.all([sink.stop(), provider.stop()])
  }
}

async function runRounds(
  scenario: Scenario,
  variants: readonly Variant[],
  stage: Stage,
  rounds: number,
): Promise<Map<string, Figures[]>> {
  const measured = variants.filter((variant) => scenario.skip?.(variant) !== true)
  const runs = new Map<string, Figures[]>(measured.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    const order = measured.map(
      (_, i) =>
        measured[(i * (round % 2 === 0 ? 1 : -1) + round + measured.length * rounds) % measured.length] as Variant,
    )
    for (const variant of order) {
      process.stderr.write(`${scenario.name}, round ${round + 1} of ${rounds}: ${variant.name}\n`)
      try {
        runs.get(variant.name)?.push(await scenario.run(variant, stage))
      } catch (error) {
        process.stderr.write(`${variant.name}: ${error instanceof Error ? error.message : String(error)}\n`)
        runs.get(variant.name)?.push({})
      }
    }
  }
  return runs
}
