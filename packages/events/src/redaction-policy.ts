import { readFileSync } from 'node:fs'
import type { ResolvedConfig } from '@plutus/config'
import { parseOwnRules } from '@plutus/redaction'
import type { OwnRule, RedactionOptions } from '@plutus/redaction'

const MIN_KEY_BYTES = 16

/**
 * The redaction policy that a configuration asks for.
 *
 * @param warn Hears in one line of a key file that cannot be used, and that hashes of other processes will differ; and of
 * each rule in the file of rules that cannot be used, by its name and with the reason.
 */
export function readRedactionPolicy(config: ResolvedConfig, warn: (line: string) => void): RedactionOptions {
  const profile = config.get('PLUTUS_REDACT_PROFILE')
  const isEmailSet = profile === 'pci' || config.isSet('PLUTUS_REDACT_EMAIL')
  const rules = readOwnRules(config.get('PLUTUS_REDACT_RULES_FILE'), warn)
  const policy = {
    ...(rules.length > 0 && { rules }),
    profile,
    keys: config.get('PLUTUS_REDACT_KEYS'),
    keep: config.get('PLUTUS_REDACT_KEEP'),
    email: isEmailSet ? config.get('PLUTUS_REDACT_EMAIL') : undefined,
    ip: config.get('PLUTUS_REDACT_IP'),
    userId: config.get('PLUTUS_REDACT_USER_ID'),
  }
  const hashes = policy.email === 'hash' || policy.ip === 'hash' || policy.userId === 'hash'
  return hashes ? { ...policy, hashKey: readHashKey(config.get('PLUTUS_HASH_KEY_FILE'), warn) } : policy
}

function readHashKey(path: string | undefined, warn: (line: string) => void): Uint8Array | undefined {
  const effect = 'what is hashed gets another name in each process'
  if (path === undefined) {
    warn(`PLUTUS_HASH_KEY_FILE is not set: ${effect}`)
    return undefined
  }
  try {
    const text = readFileSync(path)
    // Editors and `openssl rand -hex 32` end a file with a line feed, which is not a part of the key.
    const end = text.at(-1) === 0x0a ? (text.at(-2) === 0x0d ? -2 : -1) : undefined
    const key = text.subarray(0, end)
    if (key.length >= MIN_KEY_BYTES) return key
    warn(`PLUTUS_HASH_KEY_FILE names a file of fewer than ${MIN_KEY_BYTES} bytes: ${effect}`)
  } catch (error) {
    warn(`PLUTUS_HASH_KEY_FILE names a file that cannot be read (${codeOf(error)}): ${effect}`)
  }
  return undefined
}

function readOwnRules(path: string | undefined, warn: (line: string) => void): readonly OwnRule[] {
  if (path === undefined) return []
  try {
    const { rules, problems } = parseOwnRules(readFileSync(path, 'utf8'))
    for (const problem of problems) warn(`PLUTUS_REDACT_RULES_FILE: ${problem}`)
    return rules
  } catch (error) {
    warn(`PLUTUS_REDACT_RULES_FILE names a file that cannot be read (${codeOf(error)}): none of its rules acts`)
    return []
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
