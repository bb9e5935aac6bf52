import type Stripe from 'stripe'
import { LIST_PARAMS } from './collection.ts'
import { refuse } from './fault.ts'
import { createId, randomText } from './ids.ts'
import { pathPart } from './operation.ts'
import type { Call, Operation } from './operation.ts'
import { readMetadata, readText, readWord } from './params.ts'
import { usePaymentMethod } from './payment-method.ts'

const UPDATE_PARAMS = [
  'address',
  'balance',
  'business_name',
  'cash_balance',
  'description',
  'email',
  'individual_name',
  'invoice_prefix',
  'invoice_settings',
  'metadata',
  'name',
  'next_invoice_sequence',
  'phone',
  'preferred_locales',
  'shipping',
  'source',
  'tax',
  'tax_exempt',
  'validate',
] as const satisfies readonly (keyof (Stripe.CustomerCreateParams & Stripe.CustomerUpdateParams))[]

const CREATE_PARAMS = [
  ...UPDATE_PARAMS,
  'payment_method',
  'tax_id_data',
  'test_clock',
] as const satisfies readonly (keyof Stripe.CustomerCreateParams)[]

/** `/v1/customers`. */
export const CUSTOMER_OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/customers',
    accepts: CREATE_PARAMS,
    run: createCustomer,
  },
  {
    method: 'GET',
    path: '/v1/customers',
    accepts: [...LIST_PARAMS, 'email', 'test_clock'],
    run: ({ account, params }) => {
      const email = readWord(params, 'email')
      return account.customers.list(
        params,
        (customer) => customer.deleted !== true && (email === undefined || customer.email === email),
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/customers/{id}',
    accepts: [],
    run: (call) => call.account.customers.get(pathPart(call, 'id')),
  },
  {
    method: 'POST',
    path: '/v1/customers/{id}',
    accepts: UPDATE_PARAMS,
    run: (call) => {
      const customer = present(call)
      write(call, customer)
      call.account.record('customer.updated', customer, call.origin)
      return customer
    },
  },
  {
    method: 'DELETE',
    path: '/v1/customers/{id}',
    accepts: [],
    run: (call) => {
      const customer = present(call)
      call.account.record('customer.deleted', customer, call.origin)
      const gone: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true }
      return call.account.customers.add(gone)
    },
  },
]

function createCustomer(call: Call): Stripe.Customer {
  const { account, params, origin } = call
  const customer: Stripe.Customer = {
    id: createId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: account.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
  write(call, customer)
  account.customers.add(customer)
  const method = readWord(params, 'payment_method')
  if (method !== undefined) usePaymentMethod(account, method).customer = customer.id
  account.record('customer.created', customer, origin)
  return customer
}

function write({ params }: Call, customer: Stripe.Customer): void {
  for (const field of ['description', 'email', 'name', 'phone'] as const) {
    const text = readText(params, field)
    if (text !== undefined) customer[field] = text || null
  }
  customer.metadata = readMetadata(params, customer.metadata)
}

function present(call: Call): Stripe.Customer {
  const customer = call.account.customers.get(pathPart(call, 'id'))
  if (customer.deleted !== true) return customer
  throw refuse(`No such customer: '${customer.id}'`, { code: 'resource_missing', param: 'id' }, 404)
}
