import type { Pool } from 'pg'
import { hashPassword, verifyPassword } from './passwords.ts'
import { endSession, findSession, openSession } from './sessions.ts'
import type { Session } from './sessions.ts'

/** What a user may do: an admin sees everybody's payments. */
export type Role = 'admin' | 'customer'

/** Somebody with an account. */
export interface User {
  readonly id: string
  readonly email: string
  readonly role: Role
}

/** Who is who. */
export interface Accounts {
  /** Opens a session, or gives `undefined` for an unknown address or a wrong password. */
  logIn(email: string, password: string): Promise<{ user: User; session: Session } | undefined>
  /** Finds whose session `token` is. */
  identify(token: string): Promise<User | undefined>
  logOut(token: string): Promise<void>
}

/** The users that a new database gets. */
export const SEED_USERS: readonly { readonly email: string; readonly role: Role }[] = [
  { email: 'alice@example.com', role: 'customer' },
  { email: 'bob@example.com', role: 'customer' },
  { email: 'admin@example.com', role: 'admin' },
]

/** Creates the accounts kept in `pool`. */
export function createAccounts(pool: Pool): Accounts {
  return {
    logIn: async (email, password) => {
      const { rows } = await pool.query<User & { password_hash: string }>(
        'SELECT id, email, role, password_hash FROM users WHERE email = $1',
        [email.toLowerCase()],
      )
      const [found] = rows
      const isRight = await verifyPassword(password, found?.password_hash)
      if (found === undefined || !isRight) return undefined
      const session = await openSession(pool, found.id)
      return { user: { id: found.id, email: found.email, role: found.role }, session }
    },
    identify: (token) => findSession(pool, token),
    logOut: (token) => endSession(pool, token),
  }
}

/** Writes the seed users with `password`, over what they had. */
export async function seedUsers(pool: Pool, password: string): Promise<void> {
  for (const { email, role } of SEED_USERS) {
    await pool.query(
      `INSERT INTO users (email, role, password_hash) VALUES ($1, $2, $3)
       ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash, role = excluded.role`,
      [email, role, await hashPassword(password)],
    )
  }
}
