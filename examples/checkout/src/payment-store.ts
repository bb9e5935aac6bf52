import type { Pool, PoolClient } from 'pg'
import { PAYMENT_STATUSES } from './payment.ts'
import type { Payment, PaymentChange, PaymentFilter, PaymentOrder, PaymentStatus } from './payment.ts'

type Queryable = Pool | PoolClient

interface Row {
  readonly id: string
  readonly user_id: string
  readonly amount: number
  readonly currency: string
  readonly payment_method: string
  readonly description: string
  readonly is_captured_at_once: boolean
  readonly status: PaymentStatus
  readonly amount_captured: number
  readonly amount_refunded: number
  readonly decline_code: string | null
  readonly stripe_payment_intent: string | null
  readonly created_at: Date
  readonly updated_at: Date
}

const COLUMNS = `id, user_id, amount, currency, payment_method, description, is_captured_at_once, status,
  amount_captured, amount_refunded, decline_code, stripe_payment_intent, created_at, updated_at`

/** Adds a payment, or finds the one that the same request key made before. */
export async function addPayment(
  db: Queryable,
  userId: string,
  order: PaymentOrder,
): Promise<{ payment: Payment; isNew: boolean }> {
  const added = await db.query<Row>(
    `INSERT INTO payments (user_id, request_key, amount, currency, payment_method, description, is_captured_at_once)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (user_id, request_key) DO NOTHING
     RETURNING ${COLUMNS}`,
    [
      userId,
      order.requestKey ?? null,
      order.amount,
      order.currency,
      order.paymentMethod,
      order.description,
      order.isCapturedAtOnce,
    ],
  )
  const [row] = added.rows
  if (row !== undefined) return { payment: toPayment(row), isNew: true }
  const earlier = await db.query<Row>(`SELECT ${COLUMNS} FROM payments WHERE user_id = $1 AND request_key = $2`, [
    userId,
    order.requestKey,
  ])
  return { payment: toPayment(only(earlier.rows)), isNew: false }
}

/** Finds a payment, of `ownerId` only unless that is `undefined`. */
export async function findPayment(
  db: Queryable,
  id: string,
  ownerId: string | undefined,
): Promise<Payment | undefined> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM payments WHERE id = $1 AND ($2::uuid IS NULL OR user_id = $2)`,
    [id, ownerId ?? null],
  )
  return rows[0] && toPayment(rows[0])
}

/** Finds the payment behind a Stripe payment intent. */
export async function findPaymentOfIntent(db: Queryable, paymentIntent: string): Promise<Payment | undefined> {
  const { rows } = await db.query<Row>(`SELECT ${COLUMNS} FROM payments WHERE stripe_payment_intent = $1`, [
    paymentIntent,
  ])
  return rows[0] && toPayment(rows[0])
}

/** Lists payments, newest first, of `ownerId` only unless that is `undefined`. */
export async function listPayments(
  db: Queryable,
  filter: PaymentFilter,
  ownerId: string | undefined,
): Promise<Payment[]> {
  const { rows } = await db.query<Row>(
    `SELECT ${COLUMNS} FROM payments
     WHERE ($1::uuid IS NULL OR user_id = $1)
       AND ($2::text IS NULL OR status = $2)
       AND ($3::text IS NULL OR description ILIKE $3)
       AND ($4::uuid IS NULL OR (created_at, id) <
         (SELECT created_at, id FROM payments WHERE id = $4 AND ($1::uuid IS NULL OR user_id = $1)))
     ORDER BY created_at DESC, id DESC
     LIMIT $5`,
    [
      ownerId ?? null,
      filter.status ?? null,
      filter.text === undefined ? null : `%${escapeLike(filter.text)}%`,
      filter.after ?? null,
      filter.limit,
    ],
  )
  return rows.map(toPayment)
}

/**
 * Writes down what became of a payment. Answers and webhooks come in any order and more than once,
 * so a payment only moves on: an earlier status or a smaller amount changes nothing.
 */
export async function changePayment(db: Queryable, id: string, change: PaymentChange): Promise<Payment> {
  const { rows } = await db.query<Row>(
    `UPDATE payments SET
       status = CASE WHEN array_position($7::text[], $2) > array_position($7::text[], status) THEN $2 ELSE status END,
       amount_captured = greatest(amount_captured, $3),
       amount_refunded = greatest(amount_refunded, $4),
       decline_code = coalesce($5, decline_code),
       stripe_payment_intent = coalesce($6, stripe_payment_intent),
       updated_at = now()
     WHERE id = $1
     RETURNING ${COLUMNS}`,
    [
      id,
      change.status,
      change.amountCaptured ?? 0,
      change.amountRefunded ?? 0,
      change.declineCode ?? null,
      change.stripePaymentIntent ?? null,
      PAYMENT_STATUSES,
    ],
  )
  return toPayment(only(rows))
}

/** Notes a webhook event; gives `false` when it was noted before. */
export async function noteEvent(db: Queryable, id: string, type: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'INSERT INTO webhook_events (id, type) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING',
    [id, type],
  )
  return rowCount === 1
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}

function only(rows: readonly Row[]): Row {
  const [row] = rows
  if (row === undefined) throw new Error('The payment is gone')
  return row
}

function toPayment(row: Row): Payment {
  return {
    id: row.id,
    userId: row.user_id,
    amount: row.amount,
    currency: row.currency,
    paymentMethod: row.payment_method,
    description: row.description,
    isCapturedAtOnce: row.is_captured_at_once,
    status: row.status,
    amountCaptured: row.amount_captured,
    amountRefunded: row.amount_refunded,
    declineCode: row.decline_code ?? undefined,
    stripePaymentIntent: row.stripe_payment_intent ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
