import type Stripe from 'stripe'
import { LIST_PARAMS } from './collection.ts'
import { refuse } from './fault.ts'
import { createId, randomText } from './ids.ts'
import { pathPart } from './operation.ts'
import type { Call, Operation } from './operation.ts'
import { readBoolean, readList, readMetadata, readText, readWord, requireWord } from './params.ts'

const ENDPOINT_PARAMS = ['description', 'enabled_events', 'metadata', 'url']

/** `/v1/events` and `/v1/webhook_endpoints`. */
export const EVENT_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/events/{id}',
    accepts: [],
    run: (call) => call.account.events.get(pathPart(call, 'id')),
  },
  {
    method: 'GET',
    path: '/v1/events',
    accepts: [...LIST_PARAMS, 'delivery_success', 'type', 'types'],
    run: ({ account, params }) => {
      const type = readWord(params, 'type')
      const types = type === undefined ? readList(params, 'types') : [type]
      return account.events.list(params, (event) => types === undefined || types.includes(event.type))
    },
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    accepts: [...ENDPOINT_PARAMS, 'api_version', 'connect'],
    run: createEndpoint,
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    accepts: LIST_PARAMS,
    run: ({ account, params }) => {
      const page = account.webhookEndpoints.list(params)
      return { ...page, data: page.data.map(withoutSecret) }
    },
  },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints/{id}',
    accepts: [],
    run: (call) => withoutSecret(call.account.webhookEndpoints.get(pathPart(call, 'id'))),
  },
  {
    method: 'POST',
    path: '/v1/webhook_endpoints/{id}',
    accepts: [...ENDPOINT_PARAMS, 'disabled'],
    run: (call) => {
      const endpoint = call.account.webhookEndpoints.get(pathPart(call, 'id'))
      endpoint.url = readWord(call.params, 'url') ?? endpoint.url
      endpoint.enabled_events = [...(readList(call.params, 'enabled_events') ?? endpoint.enabled_events)]
      const disabled = readBoolean(call.params, 'disabled')
      if (disabled !== undefined) endpoint.status = disabled ? 'disabled' : 'enabled'
      return withoutSecret(endpoint)
    },
  },
  {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/{id}',
    accepts: [],
    run: (call) => {
      const { id } = call.account.webhookEndpoints.get(pathPart(call, 'id'))
      call.account.webhookEndpoints.remove(id)
      return { id, object: 'webhook_endpoint', deleted: true }
    },
  },
]

function createEndpoint({ account, params }: Call): Stripe.WebhookEndpoint {
  const url = requireWord(params, 'url')
  if (!URL.canParse(url))
    throw refuse('Invalid URL: An explicit scheme (such as https) must be provided.', { param: 'url' })
  const events = readList(params, 'enabled_events')
  if (events === undefined) {
    throw refuse('Missing required param: enabled_events.', { code: 'parameter_missing', param: 'enabled_events' })
  }
  return account.webhookEndpoints.add({
    id: createId('we'),
    object: 'webhook_endpoint',
    api_version: readWord(params, 'api_version') ?? null,
    application: null,
    created: account.now(),
    description: readText(params, 'description') || null,
    enabled_events: [...events],
    livemode: account.livemode,
    metadata: readMetadata(params),
    // Shown by the creating call only.
    secret: `whsec_${randomText(32)}`,
    status: 'enabled',
    url,
  })
}

function withoutSecret({ secret: _secret, ...shown }: Stripe.WebhookEndpoint): Stripe.WebhookEndpoint {
  return shown
}
