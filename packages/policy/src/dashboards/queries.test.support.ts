import { parser as logqlParser } from '@grafana/lezer-logql'
import { parser as promqlParser } from '@prometheus-io/lezer-promql'
import type { RenderedFile } from '../retention/rendered-file.ts'

/** What a query says, by its syntax tree. */
export interface ParsedQuery {
  /** Where the parser met what it did not expect. */
  readonly errors: readonly string[]
  readonly metrics: readonly string[]
  readonly labels: readonly string[]
}

/** A query of a dashboard. */
export interface DashboardQuery {
  readonly language: 'promql' | 'logql'
  /** Title of its panel. */
  readonly panel: string
  readonly expr: string
  readonly legend: string
}

interface Target {
  readonly expr: string
  readonly legendFormat: string
  readonly datasource: { readonly type: string; readonly uid: string }
}

/** A panel as it is rendered. */
export interface RenderedPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: { readonly type: string }
  readonly targets?: readonly Target[]
}

/** The panels of a dashboard. */
export function panelsOf({ text }: RenderedFile): readonly RenderedPanel[] {
  return (JSON.parse(text) as { panels: readonly RenderedPanel[] }).panels
}

/** The queries of a dashboard. */
export function queriesOf(file: RenderedFile): readonly DashboardQuery[] {
  return panelsOf(file).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr, legendFormat, datasource }): DashboardQuery => {
      const language = datasource.type === 'loki' ? 'logql' : 'promql'
      return { language, panel: title, expr, legend: legendFormat }
    }),
  )
}

/** Parses a query as Grafana sends it: its times are filled in. */
export function parseQuery({ language, expr }: Pick<DashboardQuery, 'language' | 'expr'>): ParsedQuery {
  const text = expr.replaceAll(/\$__(?:rate_interval|range|auto)/g, '5m')
  const parser = language === 'promql' ? promqlParser : logqlParser
  const errors: string[] = []
  const metrics: string[] = []
  const labels: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) errors.push(`at ${from}: ${text.slice(0, from)} <<here>> ${text.slice(to)}`)
      else if (type.name === 'LabelName') labels.push(text.slice(from, to))
      else if (type.name === 'Identifier') {
        const isMetric = language === 'promql' && node.parent?.name === 'VectorSelector'
        ;(isMetric ? metrics : labels).push(text.slice(from, to))
      }
    },
  })
  return { errors, metrics, labels }
}
