import { decodeResponse, protobufToJson, readJsonResponse } from '@plutus/otlp'
import type { EncodedHeader } from '@plutus/otlp'
import { createTransport } from './create-transport.ts'
import { Delivery } from './delivery.ts'
import type { DeliveryParts, Parcel } from './delivery.ts'
import { DividedBatch } from './divided-batch.ts'
import type { BatchPart } from './divided-batch.ts'
import { Tally } from './losses.ts'
import type { Outcome } from './losses.ts'
import { showPlace } from './endpoint-health.ts'
import type { ResolverVariables } from './host-lookup.ts'
import type { OutboxEntry } from './outbox.ts'
import { assemblePacked, cutBatch, layOutPacked } from './packed-batch.ts'
import type { PackedBatch } from './packed-batch.ts'
import { RequestSize } from './request-size.ts'
import type { OtlpSettings, Signal } from './settings.ts'
import type { Problem } from './transport.ts'

/** Where a signal goes. */
export interface ExportTarget {
  readonly signal: Signal
  readonly settings: OtlpSettings
  /** Time after which a batch is given up, its retries included; `Infinity` retries while there is memory. */
  readonly giveUpAfterMillis: number
}

/** What an exporter needs to know. */
export interface ExportSettings {
  readonly targets: readonly ExportTarget[]
  readonly resource: EncodedHeader
  readonly userAgent: string
  /** Variables of the system's resolver. @defaultValue none is set */
  readonly resolver?: ResolverVariables
}

/** Who hears what becomes of batches. Nothing in it may throw. */
export interface ExportEvents {
  /**
   * A batch has arrived, or is given up; nothing has been counted of it yet. `memory` is what it took, once nobody reads
   * it any more.
   */
  readonly onDone: (id: number, outcomes: readonly Outcome[], memory?: ArrayBuffer) => void
  /** A batch of this signal has arrived. */
  readonly onSuccess: (signal: Signal) => void
  /** An attempt failed. */
  readonly onFailure: (signal: Signal, problem: Problem) => void
  /** Hurrying for this round is in vain, now or until further notice. */
  readonly onGiveUp: (round: number, signal: Signal) => void
}

/** Sends batches; here, on a thread of its own, or by somebody else. Throws nothing. */
export interface Sender {
  send(entry: OutboxEntry): void
  /** Somebody waits: pauses that only courtesy asks for end. */
  hurry(round: number): void
  /** Nobody waits any more. */
  stopWaiting(): void
}

/** A batch that has left as a whole, and whose answer nobody had heard when the event loop turned for the last time. */
export interface UnheardBatch {
  readonly entry: OutboxEntry
  /** Whether it arrives although nobody hears of it: its endpoint was well, and has not been silent for long. */
  readonly isTrusted: boolean
  /**
   * Listens without waiting, and tells what was heard as usual: `heard` if something was; then it is not to be called
   * again. `later` if something may be heard still, `never` if nothing can be.
   */
  readonly hear: () => 'heard' | 'later' | 'never'
}

// While an endpoint fails, one request asks whether it is back; the others wait behind it.
const HEALTHY_REQUESTS = 4

/** Turns batches into requests and brings them to their endpoints, several of a signal at once while all is well. */
export class Exporter implements Sender {
  readonly #lanes = new Map<Signal, Lane>()
  readonly #settings: ExportSettings
  readonly #events: ExportEvents
  /** Hosts on which somebody has waited in vain since the last good answer of any signal. */
  readonly #stalled = new Set<string>()
  /** What batches on their way have become. */
  readonly #parcels = new Map<Parcel, SentBatch>()

  constructor(settings: ExportSettings, parts: Pick<DeliveryParts, 'health' | 'hold'>, events: ExportEvents) {
    this.#settings = settings
    this.#events = events
    const { targets, userAgent, resolver } = settings
    for (const { signal, settings: target, giveUpAfterMillis } of targets) {
      const isJson = target.protocol === 'http/json'
      const delivery = new Delivery(
        { settings: target, signal, transport: createTransport(target, userAgent, resolver) },
        giveUpAfterMillis,
        isJson ? countRejectedInJson : countRejected,
        {
          ...parts,
          losses: new Tally(), // each parcel brings its own
          onFailure: (_signal, { problem }) => {
            lane.isHealthy = false
            events.onFailure(signal, problem)
          },
          onPause: () => this.#look(lane),
        },
      )
      const lane: Lane = {
        signal,
        host: showPlace(target.url),
        delivery,
        isJson,
        size: new RequestSize(),
        waiting: [],
        active: 0,
        isHealthy: false,
        isStalled: false,
        closedFor: undefined,
        vainFor: new Set(),
      }
      this.#lanes.set(signal, lane)
    }
  }

  send(entry: OutboxEntry): void {
    const lane = this.#lanes.get(entry.batch.signal)
    if (lane === undefined) {
      this.#events.onDone(entry.id, [], entry.batch.bytes.buffer)
      return
    }
    lane.waiting.push(entry)
    this.#work(lane)
  }

  hurry(round: number): void {
    for (const [signal, lane] of this.#lanes) {
      if (lane.active === 0) continue
      if (lane.isStalled || this.#stalled.has(lane.host)) this.#events.onGiveUp(round, signal)
      else void lane.delivery.hurry().then(() => this.#giveUp(round, lane))
    }
  }

  stopWaiting(): void {
    for (const lane of this.#lanes.values()) {
      if (lane.active === 0) continue
      lane.isStalled = lane.delivery.stopWaiting()
      if (lane.isStalled) this.#stalled.add(lane.host)
      this.#look(lane)
    }
  }

  /** Begins no more requests, but for metrics; those who hurry in this round do so in vain when the others are over. */
  close(round: number): void {
    for (const [signal, lane] of this.#lanes) {
      if (signal === 'metrics') continue
      lane.closedFor = round
      if (lane.active === 0) this.#events.onGiveUp(round, signal)
    }
  }

  /**
   * Nothing will be heard any more by itself: ends what is not written as a whole. Returns the batches that are.
   *
   * @param isKept whether somebody keeps a batch that no answer is heard of.
   */
  cut(isKept: (batch: PackedBatch) => boolean): readonly UnheardBatch[] {
    const unheard: UnheardBatch[] = []
    for (const { delivery } of this.#lanes.values()) {
      const isParcelKept = (parcel: Parcel): boolean => {
        const batch = this.#parcels.get(parcel)?.entry.batch
        return batch !== undefined && isKept(batch)
      }
      for (const cut of delivery.cut(isParcelKept)) {
        const sent = this.#parcels.get(cut.parcel)
        if (sent === undefined) continue // a part of a batch
        const { entry, losses } = sent
        const hear = (): 'heard' | 'later' | 'never' => {
          const answer = cut.attempt.hear()
          if (typeof answer === 'string') return answer
          if (delivery.conclude(cut, answer)) this.#events.onDone(entry.id, losses.outcomes, memoryOf(sent))
          if (answer.ok) this.#events.onSuccess(entry.batch.signal)
          return 'heard'
        }
        unheard.push({ entry, isTrusted: cut.isTrusted, hear })
      }
    }
    return unheard
  }

  /** Hurrying is in vain, as soon as what is on its way has been answered: some of it may arrive. */
  #giveUp(round: number, lane: Lane): void {
    lane.vainFor.add(round)
    this.#look(lane)
  }

  #look(lane: Lane): void {
    if (lane.vainFor.size === 0 || (lane.active > lane.delivery.pausing && !lane.isStalled)) return
    const rounds = [...lane.vainFor]
    lane.vainFor.clear()
    for (const round of rounds) this.#events.onGiveUp(round, lane.signal)
    this.#work(lane)
  }

  #work(lane: Lane): void {
    if (lane.vainFor.size > 0 && !lane.isHealthy) return
    while (lane.closedFor === undefined && lane.active < (lane.isHealthy ? HEALTHY_REQUESTS : 1)) {
      const entry = lane.waiting.shift()
      if (entry === undefined) return
      lane.active++
      void this.#deliver(lane, entry)
    }
  }

  async #deliver(lane: Lane, entry: OutboxEntry): Promise<void> {
    const sent: SentBatch = { entry, losses: new Tally(), isStillRead: false }
    await this.#bring(lane, sent)
    lane.active--
    this.#events.onDone(entry.id, sent.losses.outcomes, memoryOf(sent))
    if (lane.closedFor !== undefined && lane.active === 0) this.#events.onGiveUp(lane.closedFor, entry.batch.signal)
    this.#work(lane)
    this.#look(lane)
  }

  /** Brings a batch in one request, or in as many as its endpoint makes necessary. */
  async #bring(lane: Lane, sent: SentBatch): Promise<void> {
    const { batch } = sent.entry
    const parts = new DividedBatch(batch, lane.size)
    for (let part = parts.next(); part !== undefined; part = parts.next()) {
      if (part.isHopeless) sent.losses.dropped(batch.signal, 'refused', part.batch.records, true)
      else await this.#bringPart(lane, sent, parts, part)
    }
  }

  async #bringPart(lane: Lane, sent: SentBatch, parts: DividedBatch, part: BatchPart): Promise<void> {
    const { losses, entry } = sent
    const { signal, records } = part.batch
    const body = await this.#encode(lane, part.batch)
    if (body === undefined) {
      losses.dropped(signal, 'not_encoded', records)
      return
    }
    const onStillRead = (): void => {
      sent.isStillRead = true
    }
    const parcel: Parcel = { body, count: records, losses, onStillRead, divides: (how) => parts.refused(part, how) }
    if (part.batch === entry.batch) this.#parcels.set(parcel, sent)
    const lost = await lane.delivery.deliver(parcel)
    this.#parcels.delete(parcel)
    lane.isHealthy = lost === undefined
    if (!lane.isHealthy) return
    parts.taken(part)
    lane.isStalled = false
    this.#stalled.delete(lane.host)
    this.#events.onSuccess(signal)
  }

  async #encode({ isJson }: Lane, batch: PackedBatch): Promise<readonly Uint8Array[] | undefined> {
    try {
      const { resource } = this.#settings
      return isJson ? await encodeAsJson(resource, batch) : layOutPacked(resource, batch)
    } catch {
      return undefined
    }
  }
}

/** A batch on its way, and what becomes of it. */
interface SentBatch {
  readonly entry: OutboxEntry
  readonly losses: Tally
  /** Whether an attempt ended before all of it was written. */
  isStillRead: boolean
}

function memoryOf({ entry, isStillRead }: SentBatch): ArrayBuffer | undefined {
  return isStillRead ? undefined : entry.batch.bytes.buffer
}

interface Lane {
  readonly signal: Signal
  readonly host: string
  readonly delivery: Delivery
  readonly isJson: boolean
  readonly size: RequestSize
  readonly waiting: OutboxEntry[]
  /** Batches that are being delivered. */
  active: number
  /** Whether the last answer was a good one. */
  isHealthy: boolean
  /** Whether somebody has waited in vain since the last good answer. */
  isStalled: boolean
  /** The round in which no more requests may begin. */
  closedFor: number | undefined
  /** Rounds whose hurry is in vain once nothing is on its way. */
  readonly vainFor: Set<number>
}

// So much becomes JSON in a millisecond or two; after that others have a turn.
const JSON_SLICE_BYTES = 8 * 1024
// As Node made it: a test of the application may replace it.
const { setImmediate } = globalThis

/** One request as JSON: of each slice the list of its resources, put together. */
async function encodeAsJson(resource: EncodedHeader, batch: PackedBatch): Promise<Uint8Array[] | undefined> {
  let head = ''
  const lists: string[] = []
  for (const slice of cutBatch(batch, (_records, bytes) => bytes >= JSON_SLICE_BYTES)) {
    if (lists.length > 0) await new Promise((resolve) => setImmediate(resolve))
    const json = protobufToJson(batch.signal, assemblePacked(resource, slice), UNBOUNDED)
    if (!json.ok) return undefined
    head = json.value.slice(0, json.value.indexOf('[') + 1)
    lists.push(json.value.slice(head.length, json.value.lastIndexOf(']')))
  }
  return [Buffer.from(`${head}${lists.join(',')}]}`)]
}

// What is decoded was encoded in this process, within its limits.
const UNBOUNDED = { maxBytes: Infinity, maxElements: Infinity }

function countRejected(answer: Uint8Array): number {
  const response = decodeResponse(answer)
  return response.ok ? response.value.rejected : 0
}

function countRejectedInJson(answer: Uint8Array): number {
  const response = readJsonResponse(Buffer.from(answer).toString())
  return response.ok ? response.value.rejected : 0
}
