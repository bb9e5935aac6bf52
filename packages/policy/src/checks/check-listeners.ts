import type { CollectorConfig } from '../collector-config.ts'
import type { ReportCollector } from './collector-rules.ts'
import { settingOf, withFallbacks } from './settings.ts'

const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|::1|\[::1\])$/

/** Checks that nobody else can send, read or look in. */
export function checkListeners(config: CollectorConfig, report: ReportCollector): void {
  for (const [id, settings] of Object.entries(config.receivers)) {
    const protocols = settingOf(settings, 'protocols')
    const servers =
      typeof protocols === 'object' && protocols !== null ? Object.entries(protocols) : [['', settings] as const]
    for (const [name, server] of servers)
      refuseOpen(`receivers/${id}`, [id, name].filter(Boolean).join(' over '), server, report)
  }
  for (const [id, settings] of Object.entries({ ...config.extensions, ...config.exporters })) {
    const isServer = Object.hasOwn(config.extensions, id) || id.split('/', 1)[0] === 'prometheus'
    if (isServer)
      refuseOpen(`${Object.hasOwn(config.extensions, id) ? 'extensions' : 'exporters'}/${id}`, id, settings, report)
  }
  const readers = settingOf(config.service.telemetry, 'metrics', 'readers')
  for (const reader of Array.isArray(readers) ? readers : []) {
    const host = settingOf(reader, 'pull', 'exporter', 'prometheus', 'host')
    if (typeof host !== 'string' || isLoopback(host)) continue
    report('COLLECTOR_LISTENER_OPEN', 'service/telemetry', "The collector's own metrics can be read from outside.")
  }
}

function refuseOpen(component: string, name: string, server: unknown, report: ReportCollector): void {
  const endpoint = settingOf(server, 'endpoint')
  if (typeof endpoint !== 'string') return
  const host = withFallbacks(endpoint).replace(/:\d*$/, '')
  if (isLoopback(host)) return
  const hasTls = settingOf(server, 'tls', 'cert_file') !== undefined
  const asks = settingOf(server, 'tls', 'client_ca_file') !== undefined || settingOf(server, 'auth') !== undefined
  if (hasTls && asks) return
  report('COLLECTOR_LISTENER_OPEN', component, `${name} takes from everybody who can reach it.`)
}

function isLoopback(host: string): boolean {
  return LOOPBACK.test(withFallbacks(host))
}
