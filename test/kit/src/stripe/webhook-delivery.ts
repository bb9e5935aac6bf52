import type Stripe from 'stripe'
import type { Account } from './account.ts'
import { signWebhook } from './webhook-signature.ts'

/** One event's way to one endpoint. */
export interface WebhookDelivery {
  readonly eventId: string
  readonly type: string
  readonly url: string
  /** Requests made so far. */
  readonly attempts: number
  /** Status of the last answer; `undefined` while none came. */
  readonly status: number | undefined
}

// Stripe tries for three days with growing pauses; a test has not that long.
const RETRY_PAUSES_MILLIS = [100, 400, 1600]
const ANSWER_TIMEOUT_MILLIS = 10_000
// Stripe's answer reaches the caller before the event does, nearly always.
const HEAD_START_MILLIS = 20

/** Sends events to webhook endpoints, in order for each endpoint, with a few retries. */
export class WebhookSender {
  readonly deliveries: WebhookDelivery[] = []
  readonly #lines = new Map<string, Promise<void>>()
  readonly #stop = new AbortController()
  readonly #clock: () => number

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Queues `event` for each endpoint of `account` that wants it. */
  send(event: Stripe.EventBase, account: Account): void {
    const wanted = [...account.webhookEndpoints].filter(
      ({ status, enabled_events: types }) =>
        status === 'enabled' && (types.includes('*') || types.includes(event.type)),
    )
    event.pending_webhooks = wanted.length
    const payload = JSON.stringify(event, null, 2)
    for (const endpoint of wanted) {
      const line = this.#lines.get(endpoint.id) ?? Promise.resolve()
      this.#lines.set(
        endpoint.id,
        line.then(() => this.#deliver(event, endpoint, payload)).catch(() => undefined),
      )
    }
  }

  /** Resolves when every event queued so far was accepted or given up. */
  async settled(): Promise<void> {
    await Promise.all(this.#lines.values())
  }

  close(): void {
    this.#stop.abort()
  }

  async #deliver(event: Stripe.EventBase, endpoint: Stripe.WebhookEndpoint, payload: string): Promise<void> {
    const at = this.deliveries.length
    const note = (attempts: number, status: number | undefined): void => {
      this.deliveries[at] = { eventId: event.id, type: event.type, url: endpoint.url, attempts, status }
    }
    note(0, undefined)
    for (const [earlier, pause] of [HEAD_START_MILLIS, ...RETRY_PAUSES_MILLIS].entries()) {
      if (!(await this.#pause(pause))) return
      const status = await this.#post(endpoint, payload)
      note(earlier + 1, status)
      if (status !== undefined && status < 300) {
        event.pending_webhooks -= 1
        return
      }
    }
  }

  async #post(endpoint: Stripe.WebhookEndpoint, payload: string): Promise<number | undefined> {
    const seconds = Math.floor(this.#clock() / 1000)
    try {
      const response = await fetch(endpoint.url, {
        method: 'POST',
        body: payload,
        headers: {
          'Content-Type': 'application/json; charset=utf-8',
          'Stripe-Signature': signWebhook(payload, endpoint.secret ?? '', seconds),
          'User-Agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        },
        redirect: 'manual',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MILLIS)]),
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return undefined
    }
  }

  #pause(millis: number): Promise<boolean> {
    const { signal } = this.#stop
    return new Promise((resolve) => {
      if (signal.aborted) return resolve(false)
      const done = (): void => {
        signal.removeEventListener('abort', done)
        clearTimeout(timer)
        resolve(!signal.aborted)
      }
      const timer = setTimeout(done, millis)
      signal.addEventListener('abort', done)
    })
  }
}
