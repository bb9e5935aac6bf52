import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { severityOf, CATALOGUE } from '@plutus/conventions'
import type { RetentionStep } from './plan-retention.ts'

const EVENT = 'audit.retention'
const NEWLINE = 10

/** The account of what was done: an audit event per line, on disk before what it tells of cannot be undone. */
export class RetentionLog {
  readonly #file: number

  constructor(path: string) {
    const { O_APPEND, O_CREAT, O_RDWR } = constants
    const noFollow = (constants.O_NOFOLLOW as number | undefined) ?? 0 // Windows has none
    this.#file = openSync(path, O_APPEND | O_CREAT | O_RDWR | noFollow, 0o640)
    const { size } = fstatSync(this.#file)
    const last = Buffer.alloc(1)
    // A run that was killed may have left half a line.
    if (size > 0 && readSync(this.#file, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE) writeSync(this.#file, '\n')
  }

  append(step: RetentionStep, policyHash: string, now: number): void {
    const attributes = {
      'plutus.data.class': 'audit',
      'audit.action': step.action,
      'audit.period': step.month,
      'audit.policy.hash': policyHash,
      // One event, one record: so many files that a line would hold them all are named by their bundle.
      'file.path': `${step.class}/${step.files.length === 1 ? step.files[0] : `${step.class}-${step.month}.tar`}`,
      'file.size': step.bytes,
    }
    const severityText = severityName(attributes)
    writeSync(this.#file, `${JSON.stringify({ eventName: EVENT, timestamp: now, severityText, attributes })}\n`)
    fsyncSync(this.#file)
  }

  close(): void {
    closeSync(this.#file)
  }
}

function severityName(attributes: Readonly<Record<string, unknown>>): string | undefined {
  const event = CATALOGUE.find(({ name }) => name === EVENT)
  return event && severityOf(event, attributes).toUpperCase()
}
