import type { Pool } from 'pg'

/** A day's takings in one currency, in minor units. */
export interface DailyRow {
  readonly day: string
  readonly currency: string
  readonly payments: number
  readonly captured: number
  readonly refunded: number
  readonly declined: number
}

/** How many payments stand where. */
export interface StatusRow {
  readonly status: string
  readonly currency: string
  readonly payments: number
  readonly amount: number
}

/** What the admin looks at. */
export interface Reports {
  /** The last 30 days; slow, see `ARCHIVE_SECONDS`. */
  daily(): Promise<DailyRow[]>
  byStatus(): Promise<StatusRow[]>
}

const DAYS = 30
// Stands for years of payments in an archive: the query holds its connection for that long.
const ARCHIVE_SECONDS = 0.4

/** Creates the reports over `pool`. */
export function createReports(pool: Pool): Reports {
  return {
    daily: async () => {
      const { rows } = await pool.query<DailyRow>(
        // float8 holds sums of integers exactly up to 2^53; bigint would come as text.
        `WITH archive AS (SELECT pg_sleep($1))
         SELECT to_char(date_trunc('day', created_at), 'YYYY-MM-DD') AS day, currency,
           count(*)::integer AS payments,
           sum(amount_captured)::float8 AS captured,
           sum(amount_refunded)::float8 AS refunded,
           count(*) FILTER (WHERE status = 'declined')::integer AS declined
         FROM archive LEFT JOIN payments ON created_at >= now() - make_interval(days => $2)
         GROUP BY 1, 2 HAVING count(payments.id) > 0 ORDER BY 1 DESC, 2`,
        [ARCHIVE_SECONDS, DAYS],
      )
      return rows
    },
    byStatus: async () => {
      const { rows } = await pool.query<StatusRow>(
        `SELECT status, currency, count(*)::integer AS payments, sum(amount)::float8 AS amount
         FROM payments GROUP BY status, currency ORDER BY status, currency`,
      )
      return rows
    },
  }
}
