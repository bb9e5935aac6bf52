import type { MessagePort } from 'node:worker_threads'
import type { EndpointNews } from './endpoint-health.ts'
import type { ExportSettings, ExportTarget } from './exporter.ts'
import type { Outcome } from './losses.ts'
import type { OutboxEntry } from './outbox.ts'
import type { OtlpSettings, Signal, TlsSettings } from './settings.ts'
import type { Problem } from './transport.ts'

/** What the export thread is started with. */
export interface ExportWorkerData {
  readonly port: MessagePort
  /** One number: the round of `finish` that is over. */
  readonly control: SharedArrayBuffer
  readonly settings: ClonedSettings
}

/** Settings without what cannot be sent to another thread. */
export interface ClonedSettings extends Omit<ExportSettings, 'targets'> {
  readonly targets: readonly (Omit<ExportTarget, 'settings'> & {
    readonly settings: Omit<OtlpSettings, 'url'> & { readonly url: string }
  })[]
}

/**
 * Of the time that somebody is blocked, so much is left for answers: a request whose answer comes too late is kept, and so
 * sent twice.
 */
export const CLOSING_MILLIS = 100

/** What the export thread is told. */
export type MessageToWorker =
  | { readonly kind: 'send'; readonly entry: OutboxEntry }
  | { readonly kind: 'hurry'; readonly round: number }
  | { readonly kind: 'stopWaiting' }
  /**
   * Somebody is blocked until this round is over, at most until `endsAt`, a Unix time in milliseconds; `isKept` says that
   * he keeps what is not sent by then, metrics aside.
   */
  | { readonly kind: 'finish'; readonly round: number; readonly endsAt: number; readonly isKept: boolean }

/** What the export thread tells. */
export type MessageFromWorker =
  | { readonly kind: 'ready' }
  /** `memory` comes back for the pool. */
  | { readonly kind: 'done'; readonly id: number; readonly outcomes: readonly Outcome[]; readonly memory: ArrayBuffer }
  | { readonly kind: 'success'; readonly signal: Signal }
  | { readonly kind: 'failure'; readonly signal: Signal; readonly problem: Problem }
  | { readonly kind: 'giveUp'; readonly round: number; readonly signal: Signal }
  | { readonly kind: 'line'; readonly text: string; readonly news: EndpointNews }

/** Makes settings that can be sent to another thread. */
export function cloneSettings({ targets, ...rest }: ExportSettings): ClonedSettings {
  return {
    ...rest,
    targets: targets.map((target) => ({
      ...target,
      settings: { ...target.settings, url: target.settings.url.href },
    })),
  }
}

/** Makes settings out of what came from another thread. */
export function restoreSettings({ targets, ...rest }: ClonedSettings): ExportSettings {
  return {
    ...rest,
    targets: targets.map((target) => ({
      ...target,
      settings: { ...target.settings, url: new URL(target.settings.url), tls: restoreTls(target.settings.tls) },
    })),
  }
}

/** Buffers arrive as plain arrays of bytes. */
function restoreTls({ ca, cert, key }: TlsSettings): TlsSettings {
  return {
    ...(ca && { ca: Buffer.from(ca) }),
    ...(cert && { cert: Buffer.from(cert) }),
    ...(key && { key: Buffer.from(key) }),
  }
}
