/** A request that was made to the service, and when. */
export interface Exchange {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** HTTP status, or 0 if there was no answer. */
  readonly status: number
  /** `x-correlation-id` of the answer, if it has one. */
  readonly correlationId: string | undefined
  /** Unix time in milliseconds, before the request and after its answer. */
  readonly startMillis: number
  readonly endMillis: number
}

/** An answer of the service. */
export interface Answer extends Exchange {
  /** The JSON that it holds; an empty object for anything else. */
  readonly body: Readonly<Record<string, unknown>>
}

/** What to send. */
interface CheckoutRequest {
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** Talks to the checkout as one person does. */
export interface CheckoutClient {
  /** Sends a request, as the person who has logged in if one has. Never rejects. */
  send(method: string, target: string, request?: CheckoutRequest): Promise<Answer>
  logIn(email: string, password: string): Promise<Answer>
  /** Orders a payment by one of Stripe's test cards; amounts are minor units. */
  pay(order: PaymentOrder): Promise<Answer>
}

interface PaymentOrder {
  readonly amount: number
  readonly currency: string
  readonly paymentMethod: string
  readonly description: string
  readonly capture?: boolean
}

const ANSWER_MILLIS = 20_000

/** Creates a client of the service at `baseUrl`; it tells `onExchange` of each request. */
export function createCheckoutClient(baseUrl: string, onExchange: (exchange: Exchange) => void): CheckoutClient {
  let token: string | undefined
  const send: CheckoutClient['send'] = async (method, target, { body, headers = {} } = {}) => {
    const startMillis = Date.now()
    const { status, text, correlationId } = await exchange(new URL(target, baseUrl), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        'user-agent': 'plutus-demo',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MILLIS),
    })
    const path = target.split('?', 1)[0] ?? target
    const done = { method, path, status, correlationId, startMillis, endMillis: Date.now() }
    onExchange(done)
    return { ...done, body: readObject(text) }
  }
  return {
    send,
    logIn: async (email, password) => {
      const answer = await send('POST', '/login', { body: { email, password } })
      if (typeof answer.body['token'] === 'string') token = answer.body['token']
      return answer
    },
    pay: async (order) => await send('POST', '/payments', { body: order }),
  }
}

/** Id of the payment in an answer. */
export function paymentIdOf({ body }: Answer): string {
  const payment = body['payment']
  const id: unknown = typeof payment === 'object' && payment !== null ? Reflect.get(payment, 'id') : undefined
  return typeof id === 'string' ? id : 'none'
}

interface RawAnswer {
  readonly status: number
  readonly text: string
  readonly correlationId: string | undefined
}

async function exchange(url: URL, options: RequestInit): Promise<RawAnswer> {
  try {
    const response = await fetch(url, options)
    const correlationId = response.headers.get('x-correlation-id') ?? undefined
    return { status: response.status, text: await response.text(), correlationId }
  } catch {
    return { status: 0, text: '', correlationId: undefined }
  }
}

function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
