import type Stripe from 'stripe'
import type { Account } from './account.ts'
import { LIST_PARAMS } from './collection.ts'
import { createId } from './ids.ts'
import { feeOf } from './money.ts'
import { pathPart } from './operation.ts'
import type { Operation } from './operation.ts'
import { readOneOf, readWord } from './params.ts'

const TYPES = ['charge', 'payment', 'refund', 'adjustment'] as const

/** Books a payment or a refund (a negative `amount`) and gives the line in the balance. */
export function book(
  account: Account,
  type: 'charge' | 'refund',
  line: {
    readonly amount: number
    readonly currency: string
    readonly source: string
    readonly description: string | null
  },
): Stripe.BalanceTransaction {
  const fee = type === 'charge' ? feeOf(line.amount) : 0
  return account.balanceTransactions.add({
    id: createId('txn'),
    object: 'balance_transaction',
    amount: line.amount,
    available_on: account.now() + 2 * 86_400,
    balance_type: 'payments',
    created: account.now(),
    currency: line.currency,
    description: line.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency: line.currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: line.amount - fee,
    reporting_category: type,
    source: line.source,
    status: 'pending',
    type,
  })
}

/** `GET /v1/balance` and the lines behind it. */
export const BALANCE_OPERATIONS: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/balance',
    accepts: [],
    run: ({ account }) => balanceOf(account),
  },
  {
    method: 'GET',
    path: '/v1/balance_transactions',
    accepts: [...LIST_PARAMS, 'currency', 'payout', 'source', 'type'],
    run: ({ account, params }) => {
      const type = readOneOf(params, 'type', TYPES)
      const source = readWord(params, 'source')
      const currency = readWord(params, 'currency')
      return account.balanceTransactions.list(
        params,
        (line) =>
          (type === undefined || line.type === type) &&
          (source === undefined || line.source === source) &&
          (currency === undefined || line.currency === currency),
      )
    },
  },
  {
    method: 'GET',
    path: '/v1/balance_transactions/{id}',
    accepts: [],
    run: (call) => call.account.balanceTransactions.get(pathPart(call, 'id')),
  },
]

function balanceOf(account: Account): Stripe.Balance {
  const net = new Map<string, number>([['usd', 0]])
  for (const line of account.balanceTransactions) {
    net.set(line.currency, (net.get(line.currency) ?? 0) + line.net)
  }
  const funds = [...net].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }))
  return {
    object: 'balance',
    available: funds.map(({ currency }) => ({ amount: 0, currency, source_types: { card: 0 } })),
    livemode: account.livemode,
    pending: funds,
  }
}
