import { runCollectorDemo } from './collector.ts'
import { DemoError } from './demo-error.ts'
import { checkReachable, showEndpoint } from './endpoint.ts'
import { gatherTelemetry } from './gather.ts'
import { printTraces } from './keep.ts'
import type { Page } from './layout.ts'
import type { DemoOptions } from './options.ts'
import { runOutage } from './outage.ts'
import { createProgress, type Progress } from './progress.ts'
import { toJson } from './render-json.ts'
import { renderReport } from './render-report.ts'
import { renderInvitation, renderNextSteps, renderOpening, renderStandardError, renderTraffic } from './render-stage.ts'
import { createReport } from './report.ts'
import { openStage, quoteOutput, type Stage } from './stage.ts'
import { driveTraffic, type TrafficSummary } from './traffic.ts'

/** What surrounds the demo. */
export interface DemoContext {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Takes what to do at the end. */
  readonly onClose: (close: () => Promise<void>) => void
  /** Hears that all is told and the service only runs on, and with which code the demo shall end then. */
  readonly onKept: (code: number) => void
  readonly page: Page
}

/**
 * Runs the demo and gives the exit code: 0 if what it shows arrived whole, else 1. With `--keep` it only comes
 * back when `signal` fires.
 *
 * @throws {DemoError} if something that it needs is missing.
 */
export async function runDemo(options: DemoOptions, context: DemoContext): Promise<number> {
  const { endpoint, isCollector, isJson, isKept, isOutage, isPlain } = options
  const { env, signal, onClose, page } = context
  const progress = createProgress(process.stderr, env)
  const print = (lines: readonly string[]): void => {
    progress.end()
    if (!isJson && lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`)
  }
  try {
    const around = { isJson, env, signal, onClose, page, print, step: progress.step }
    if (isOutage) return await runOutage(around)
    if (isCollector) return await runCollectorDemo(around)
    if (endpoint) await checkReachable(endpoint)
    const stage = await openStage({ endpoint, isPlain, env, onClose, step: progress.step })
    print(renderOpening(stage, endpoint, page))
    const told = stage.service.stderr.length
    const traffic = await Promise.race([
      driveTraffic(stage, { isPlain, signal, step: progress.step }),
      failWhenEnded(stage),
    ])
    print(renderTraffic(traffic, page))

    const isComplete = await tell({ stage, traffic, options, page, print, step: progress.step })
    print(renderStandardError(stage.service.stderr.slice(told), page))
    const code = isComplete ? 0 : 1
    if (isKept) {
      context.onKept(code)
      print(renderInvitation(stage, stage.receiver !== undefined && !isJson, page))
      await keep(stage, isJson, context)
    } else {
      print(renderNextSteps(endpoint, page))
    }
    return code
  } finally {
    progress.end()
  }
}

interface Telling {
  readonly stage: Stage
  readonly traffic: TrafficSummary
  readonly options: DemoOptions
  readonly page: Page
  readonly print: (lines: readonly string[]) => void
  readonly step: Progress['step']
}

/** Prints what arrived, or with another backend what was sent; tells whether all is as it should be. */
async function tell({ stage, traffic, options, page, print, step }: Telling): Promise<boolean> {
  const { example, receiver, stripe, checkoutUrl } = stage
  const { scenarios, requests: count, seconds, statuses } = traffic
  const sent = { requests: count, seconds, statuses }
  const about = { service: { name: 'checkout', example, url: checkoutUrl }, traffic: sent }
  if (receiver === undefined) {
    const isAnswered = scenarios.every(({ exchange, expects }) => exchange.status === expects)
    const requests = scenarios.map(({ exchange, ...scenario }) => ({ ...scenario, request: exchange }))
    if (options.isJson)
      printJson({
        ...about,
        endpoint: options.endpoint && showEndpoint(options.endpoint),
        isComplete: isAnswered,
        scenarios: requests,
      })
    return isAnswered
  }
  step('Waiting for what is still on its way')
  const expected = { stripeUrl: stripe.url, isPlain: options.isPlain }
  await gatherTelemetry(receiver, scenarios, expected)
  const report = createReport(receiver, scenarios, expected)
  if (options.isJson) printJson({ ...about, ...toJson(report) })
  else print(renderReport(report, page))
  return report.checks.every(({ isMet }) => isMet)
}

/** Comes back when `signal` fires. */
async function keep(stage: Stage, isJson: boolean, { signal, page }: DemoContext): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const printing = stage.receiver && !isJson ? printTraces(stage.receiver, page, signal) : aborted
  await Promise.race([aborted, printing, failWhenEnded(stage)])
}

async function failWhenEnded({ service }: Stage): Promise<never> {
  const { code, signal } = await service.exited
  throw new DemoError(`The service ended too soon (${signal ?? `code ${code}`}). ${quoteOutput(service)}`)
}

function printJson(value: object): void {
  const text = JSON.stringify(
    value,
    (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner),
    2,
  )
  process.stdout.write(`${text}\n`)
}
