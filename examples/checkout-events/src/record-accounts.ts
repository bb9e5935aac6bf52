import { createHmac, randomBytes } from 'node:crypto'
import { security, setUser } from '@plutus/events'
import type { Accounts, User } from '@plutus/example-checkout'

// A key of this process alone: equal hashes show guesses at one account, and nobody can try addresses against them.
const KEY = randomBytes(32)

/** Tells who logs in, who fails to, and who is acting in each request. */
export function recordAccounts(accounts: Accounts): Accounts {
  return {
    logIn: async (email, password) => {
      const entered = await accounts.logIn(email, password)
      if (entered === undefined) {
        // One reason for both mistakes, as in the answer, and no address: the log is no list of accounts.
        security.loginFailure({
          'auth.failure.reason': 'wrong_credentials',
          'auth.method': 'password',
          'user.hash': hashOf(email),
          'resource.type': 'account',
        })
        return undefined
      }
      actAs(entered.user)
      security.loginSuccess({ 'auth.method': 'password', 'resource.type': 'account', 'resource.id': entered.user.id })
      return entered
    },
    identify: async (token) => {
      const user = await accounts.identify(token)
      if (user !== undefined) actAs(user)
      return user
    },
    logOut: async (token) => {
      const user = await accounts.identify(token)
      await accounts.logOut(token)
      if (user === undefined) return // nobody was logged in by that token
      actAs(user)
      security.logout({ 'resource.type': 'account', 'resource.id': user.id })
    },
  }
}

function actAs(user: User): void {
  setUser({ id: user.id, roles: [user.role] })
}

function hashOf(email: string): string {
  return createHmac('sha256', KEY).update(email.toLowerCase()).digest('hex').slice(0, 16)
}
