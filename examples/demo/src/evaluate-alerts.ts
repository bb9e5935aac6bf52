import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderRules, type Policy } from '@plutus/policy'
import { promtool } from '@plutus/test-kit'

/** An alert that fires. */
export interface FiringAlert {
  readonly name: string
  /** What it says. */
  readonly description: string
}

const RULES = 'prometheus-rules.yaml'
const TESTS = 'demo.test.yaml'
const STEP_SECONDS = 15
// The first sample of a series is no growth from nothing: before it there was none, for as long as an alert looks back.
const STEPS_BEFORE = 8

/**
 * Asks promtool which alerts of a policy fire where a Prometheus has read these samples, each list a step after the one
 * before; gives the alerts of each step.
 */
export async function evaluateAlerts(
  policy: Policy,
  scrapes: readonly (readonly string[])[],
  folder: string,
): Promise<readonly (readonly FiringAlert[])[]> {
  const rules = renderRules(policy).find(({ name }) => name === RULES)?.text ?? ''
  writeFileSync(join(folder, RULES), rules)
  const names = [...rules.matchAll(/- alert: (\w+)/g)].map((match) => match[1] ?? '')
  // It tells what fires by telling that nothing should.
  const tests = {
    rule_files: [RULES],
    evaluation_interval: `${STEP_SECONDS}s`,
    tests: [
      {
        interval: `${STEP_SECONDS}s`,
        input_series: toSeries(scrapes.map((lines) => lines.filter((line) => rules.includes(nameOf(line))))),
        alert_rule_test: scrapes.flatMap((_lines, step) =>
          names.map((alertname) => ({
            eval_time: `${(STEPS_BEFORE + step) * STEP_SECONDS}s`,
            alertname,
            exp_alerts: [],
          })),
        ),
      },
    ],
  }
  writeFileSync(join(folder, TESTS), JSON.stringify(tests)) // which is YAML too
  const { code, output } = await promtool.run(['test', 'rules', TESTS], folder)
  const firing = scrapes.map((): FiringAlert[] => [])
  for (const [, name = '', time = '', got = ''] of output.matchAll(FIRES)) {
    const description = /description="((?:[^"\\]|\\.)*)"/.exec(got)?.[1] ?? ''
    firing[secondsOf(time) / STEP_SECONDS - STEPS_BEFORE]?.push({ name, description })
  }
  if (code !== 0 && firing.every((alerts) => alerts.length === 0)) throw new Error(`promtool: ${output}`)
  return firing
}

// As it prints what it found in place of nothing.
const FIRES = /alertname: (\w+), time: (\S+),\s+exp:\[\s*\],\s+got:\[([^]*?)\n?\s*\](?=\s*(?:alertname|\n|$))/g

/** Series with a value for each step; `_` where one was not there. */
function toSeries(scrapes: readonly (readonly string[])[]): readonly unknown[] {
  const values = new Map<string, string[]>()
  for (const [step, lines] of scrapes.entries()) {
    for (const line of lines) {
      const at = line.lastIndexOf(' ')
      const series = line.slice(0, at)
      const known = values.get(series) ?? scrapes.map(() => '_')
      known[step] = line.slice(at + 1)
      values.set(series, known)
    }
  }
  return [...values].map(([series, list]) => ({ series, values: `_x${STEPS_BEFORE} ${list.join(' ')}` }))
}

function nameOf(line: string): string {
  return /^\w+/.exec(line)?.[0] ?? ''
}

/** Seconds of a time such as `2m15s`. */
function secondsOf(time: string): number {
  return [...time.matchAll(/(\d+)([hms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unit === 'h' ? 3600 : unit === 'm' ? 60 : 1),
    0,
  )
}
