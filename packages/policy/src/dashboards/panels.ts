import type { DataQuery } from '@grafana/schema'
import type { PlacelessPanel } from './dashboard.ts'
import type { Plain } from './plain.ts'

/** A query with the words that name its series. */
export interface Query {
  readonly expr: string
  readonly legend?: string
}

/** Beside what a panel shows, how. */
export interface Look {
  readonly description?: string
  /** Grafana's unit; a short number otherwise. */
  readonly unit?: string
  readonly width?: number
  /** Value from which it is too much. */
  readonly limit?: number
  readonly max?: number
}

type Target = Pick<Plain<DataQuery>, 'refId' | 'datasource' | 'queryType'> & {
  readonly expr: string
  readonly legendFormat: string
  readonly instant?: boolean
  readonly range?: boolean
}

const METRICS = { type: 'prometheus', uid: '${metrics}' }
const LOGS = { type: 'loki', uid: '${logs}' }
const HALF = 12
const HEIGHT = 8

/** Lines over time. */
export function timeSeries(title: string, queries: readonly Query[], look: Look = {}): PlacelessPanel {
  return {
    ...panel('timeseries', title, look),
    datasource: METRICS,
    targets: queries.map((query, at) => ({ ...targetOf(query, at), range: true })),
    fieldConfig: fieldConfigOf(look, {
      fillOpacity: 10,
      showPoints: 'auto',
      spanNulls: false,
      ...(look.limit === undefined ? {} : { thresholdsStyle: { mode: 'line' } }),
    }),
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** The last value of each query, large. */
export function stat(title: string, queries: readonly Query[], look: Look = {}): PlacelessPanel {
  return instantPanel('stat', title, queries, look, { colorMode: 'value', graphMode: 'area', textMode: 'auto' })
}

/** A value between 0 and 100 that is good when it is high. */
export function score(title: string, query: Query, look: Look = {}): PlacelessPanel {
  const shown = instantPanel('gauge', title, [query], look, { showThresholdMarkers: true })
  const steps = [
    { color: 'red', value: null },
    { color: 'orange', value: 50 },
    { color: 'green', value: 80 },
  ]
  const defaults = { unit: 'none', decimals: 0, min: 0, max: 100, thresholds: { mode: 'absolute' as const, steps } }
  return { ...shown, fieldConfig: { defaults, overrides: [] } }
}

/** The last values as bars. */
export function bars(title: string, queries: readonly Query[], look: Look = {}): PlacelessPanel {
  return instantPanel('bargauge', title, queries, look, { orientation: 'horizontal', displayMode: 'basic' })
}

/** Log records, the newest first. */
export function records(title: string, expr: string, look: Look = {}): PlacelessPanel {
  return {
    ...panel('logs', title, { width: 24, ...look }),
    datasource: LOGS,
    targets: [{ ...targetOf({ expr }, 0), datasource: LOGS, queryType: 'range' } satisfies Target],
    options: { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: 'Descending' },
  }
}

/** Counts of log records over time. */
export function recordSeries(title: string, queries: readonly Query[], look: Look = {}): PlacelessPanel {
  const targets = queries.map((query, at): Target => ({ ...targetOf(query, at), datasource: LOGS, queryType: 'range' }))
  return { ...timeSeries(title, [], look), datasource: LOGS, targets }
}

function instantPanel(
  type: string,
  title: string,
  queries: readonly Query[],
  look: Look,
  options: Record<string, unknown>,
): PlacelessPanel {
  return {
    ...panel(type, title, look),
    datasource: METRICS,
    targets: queries.map((query, at) => ({ ...targetOf(query, at), instant: true, range: false })),
    fieldConfig: fieldConfigOf(look, {}),
    options: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, ...options },
  }
}

function panel(type: string, title: string, { description, width = HALF }: Look): PlacelessPanel {
  return { type, title, ...(description === undefined ? {} : { description }), width, height: HEIGHT }
}

function targetOf({ expr, legend }: Query, at: number): Target {
  return {
    refId: String.fromCodePoint('A'.charCodeAt(0) + at),
    datasource: METRICS,
    expr,
    legendFormat: legend ?? '',
  }
}

function fieldConfigOf(
  { unit = 'short', limit, max }: Look,
  custom: Record<string, unknown>,
): NonNullable<PlacelessPanel['fieldConfig']> {
  const steps = [{ color: 'green', value: null }, ...(limit === undefined ? [] : [{ color: 'red', value: limit }])]
  return {
    defaults: {
      unit,
      min: 0,
      ...(max === undefined ? {} : { max }),
      thresholds: { mode: 'absolute', steps },
      custom,
    },
    overrides: [],
  }
}
