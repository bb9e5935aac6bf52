import { setTimeout } from 'node:timers'
import type { PlutusError } from '@plutus/conventions'
import type { JournalFolder } from './journal-folder.ts'
import type { JournalOptions } from './journal.ts'
import type { Segment } from './segment.ts'

/** Whose bytes are forced to the disk, when, and who hears that it failed. */
export interface UnforcedOptions extends Required<Pick<JournalOptions, 'sync' | 'syncIntervalMillis'>> {
  readonly folder: JournalFolder
  readonly onError: (error: PlutusError) => void
}

/** Knows which segments have bytes that were not forced to the disk, and forces them on another thread. */
export class UnforcedSegments {
  readonly #options: UnforcedOptions
  readonly #segments = new Set<Segment>()
  #areNamesForced = true
  #hasTimer = false
  #forcing: Promise<void> = Promise.resolve()

  constructor(options: UnforcedOptions) {
    this.#options = options
  }

  /** A segment has new bytes. */
  note(segment: Segment): void {
    segment.isForced = false
    this.#segments.add(segment)
    const { sync, syncIntervalMillis } = this.#options
    if (this.#hasTimer || sync === 'none') return
    this.#hasTimer = true
    setTimeout(() => {
      this.#hasTimer = false
      this.forceInBackground()
    }, syncIntervalMillis).unref()
  }

  /** A segment was made. */
  noteName(): void {
    this.#areNamesForced = false
  }

  /** A segment is gone. */
  forget(segment: Segment): void {
    this.#segments.delete(segment)
  }

  /** Resolves when everything noted so far has been forced. @throws {PlutusError} if that failed. */
  async sync(): Promise<void> {
    await Promise.all([this.#forcing, this.#force()])
  }

  forceInBackground(): void {
    this.#forcing = this.#force()
    this.#forcing.catch((error: PlutusError) => {
      this.#forcing = Promise.resolve()
      this.#options.onError(error)
    })
  }

  async #force(): Promise<void> {
    const { folder } = this.#options
    const segments = [...this.#segments]
    this.#segments.clear()
    const waits = segments.map(async (segment) => {
      segment.isForced = true // bytes that come from now on make it false again
      await folder.force(segment.name).catch((error: unknown) => {
        if (!segment.isGone) throw error
      })
    })
    if (!this.#areNamesForced) {
      this.#areNamesForced = true
      waits.push(folder.forceNames())
    }
    await Promise.all(waits)
  }
}
