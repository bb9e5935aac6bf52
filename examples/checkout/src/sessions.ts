import { createHash, randomBytes } from 'node:crypto'
import type { Pool } from 'pg'
import type { Role, User } from './accounts.ts'

const TOKEN_BYTES = 32

/** How long a session lasts, in seconds. */
export const SESSION_SECONDS = 8 * 3600

/** A new session; only the caller ever has its token. */
export interface Session {
  readonly token: string
  readonly expiresAt: Date
}

/** Opens a session of `userId`; the database keeps a hash of its token. */
export async function openSession(pool: Pool, userId: string): Promise<Session> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const expiresAt = new Date(Date.now() + SESSION_SECONDS * 1000)
  await pool.query('INSERT INTO sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)', [
    hashOf(token),
    userId,
    expiresAt,
  ])
  return { token, expiresAt }
}

/** Finds whose session `token` is, unless it has expired. */
export async function findSession(pool: Pool, token: string): Promise<User | undefined> {
  const { rows } = await pool.query<{ id: string; email: string; role: Role }>(
    `SELECT users.id, users.email, users.role FROM sessions JOIN users ON users.id = sessions.user_id
     WHERE sessions.token_hash = $1 AND sessions.expires_at > now()`,
    [hashOf(token)],
  )
  return rows[0]
}

/** Ends the session of `token`, and takes the chance to remove expired ones. */
export async function endSession(pool: Pool, token: string): Promise<void> {
  await pool.query('DELETE FROM sessions WHERE token_hash = $1 OR expires_at < now()', [hashOf(token)])
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
