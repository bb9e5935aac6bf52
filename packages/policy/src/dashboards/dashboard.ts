import type { Dashboard, Panel } from '@grafana/schema'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { headOf, jsonFile } from '../retention/rendered-file.ts'
import type { RenderedFile } from '../retention/rendered-file.ts'
import type { Plain } from './plain.ts'

/** A panel before it has a place. */
export type PlacelessPanel = Omit<Plain<Panel>, 'id' | 'gridPos'> & { readonly width: number; readonly height: number }

/** Panels under a title. */
export interface Section {
  readonly title: string
  readonly panels: readonly PlacelessPanel[]
}

/** What a dashboard is made of. */
export interface DashboardParts {
  /** Part of the file's name and of the address of the dashboard. */
  readonly name: string
  readonly title: string
  readonly sections: readonly Section[]
}

// As Grafana 13 writes it.
const SCHEMA_VERSION = 42
const GRID_WIDTH = 24

/** Renders a dashboard as Grafana imports or provisions it. Sections without panels are left out. */
export function renderDashboard(policy: Policy, { name, title, sections }: DashboardParts): RenderedFile {
  const hash = policyHash(policy)
  const dashboard: Plain<Dashboard> = {
    uid: `plutus-${name}`,
    title: `Plutus: ${title}`,
    description: headOf('', `dashboard ${title}`, hash).trim(),
    tags: ['plutus', `policy-${hash}`],
    schemaVersion: SCHEMA_VERSION,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    links: [
      {
        title: 'Plutus',
        type: 'dashboards',
        tags: ['plutus'],
        asDropdown: true,
        keepTime: true,
        includeVars: true,
        targetBlank: false,
        icon: 'external link',
        tooltip: '',
        url: '',
      },
    ],
    templating: {
      list: [
        { name: 'metrics', label: 'Metrics', type: 'datasource', query: 'prometheus' },
        { name: 'logs', label: 'Logs', type: 'datasource', query: 'loki' },
        {
          name: 'job',
          label: 'Service',
          type: 'query',
          datasource: { type: 'prometheus', uid: '${metrics}' },
          query: { query: 'label_values(http_server_request_duration_seconds_count, job)', refId: 'job' },
          refresh: 2,
          sort: 1,
          multi: true,
          includeAll: true,
          allValue: '.*',
        },
      ],
    },
    panels: place(sections.filter(({ panels }) => panels.length > 0)),
  }
  return jsonFile(`${name}.json`, dashboard)
}

/** Puts panels side by side, as many as fit, and sections below each other. */
function place(sections: readonly Section[]): NonNullable<Plain<Dashboard>['panels']> {
  const placed: NonNullable<Plain<Dashboard>['panels']> = []
  let top = 0
  for (const { title, panels } of sections) {
    const id = placed.length + 1
    placed.push({
      id,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y: top, w: GRID_WIDTH, h: 1 },
    })
    let [x, y, next] = [0, top + 1, top + 1]
    for (const { width, height, ...panel } of panels) {
      if (x + width > GRID_WIDTH) [x, y] = [0, next]
      placed.push({ id: placed.length + 1, ...panel, gridPos: { x, y, w: width, h: height } })
      x += width
      next = Math.max(next, y + height)
    }
    top = next
  }
  return placed
}
