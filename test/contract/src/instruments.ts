import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { listRooms, readText, ROOT } from './public-names.ts'

/** An instrument, by the sources that create it. */
export interface Instrument {
  /** What it becomes in Prometheus. */
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly unit: string
  /** Texts of its room that may be names of its attributes. */
  readonly attributes: ReadonlySet<string>
}

const CREATE = /\.create(?:Observable)?(Counter|Histogram|UpDownCounter|Gauge)\(\s*(?:['`]([^'`]+)['`]|(\w+)),/g
const KINDS: Readonly<Record<string, Instrument['kind']>> = { Counter: 'counter', Histogram: 'histogram' }

let instruments: Map<string, Instrument> | undefined

/** Every instrument that the rooms create, by name; that of any payment provider by Stripe's. */
export function listInstruments(): ReadonlyMap<string, Instrument> {
  instruments ??= new Map(listRooms().flatMap((room) => instrumentsOf(room)))
  return instruments
}

function instrumentsOf(room: string): readonly (readonly [string, Instrument])[] {
  const folder = join('packages', room, 'src')
  const sources = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(?:test|bench)\./.test(path))
    .map((path) => readText(join(folder, path)).replaceAll('${provider}', 'stripe'))
  const constants = new Map(
    sources.flatMap((text) =>
      [...text.matchAll(/const (\w+) = '([^']+)'/g)].map(([, key = '', value = '']) => [key, value]),
    ),
  )
  const attributes = new Set(
    sources.flatMap((text) => [...text.matchAll(/['`]([a-z][\w.]+\.\w+)['`]/g)].map(([, name = '']) => name)),
  )
  return sources.flatMap((text) =>
    [...text.matchAll(CREATE)].map((found) => {
      const [, kind = '', literal, constant = ''] = found
      const unit = /unit: '([^']*)'/.exec(text.slice(found.index))?.[1] ?? ''
      return [
        literal ?? constants.get(constant) ?? constant,
        { kind: KINDS[kind] ?? 'gauge', unit, attributes },
      ] as const
    }),
  )
}
