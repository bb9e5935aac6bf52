import type { DataClass } from '@plutus/conventions'
import { policyHash } from '../policy-hash.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import { jsonFile } from './rendered-file.ts'
import type { RenderedFile } from './rendered-file.ts'
import { tracesDays } from './traces-days.ts'

// An index is deleted whole: a day of records more or less than its period.
const ROLLOVER = { days: 1, size: '50gb' } as const
const PRIORITY = 500
const SPANS = 'traces'

/**
 * Renders index life cycles for Elasticsearch, by request. Ages count from the rollover of an index, which takes a day at
 * most: nothing is deleted before its time.
 */
export function renderElasticsearch(policy: Policy): RenderedFile {
  const _meta = { plutus_policy: policyHash(policy) }
  const requests = outputsOf(policy).flatMap(({ name, days, signal }) => {
    const id = `plutus-${name}`
    const phases = {
      hot: { actions: { rollover: { max_age: `${ROLLOVER.days}d`, max_primary_shard_size: ROLLOVER.size } } },
      ...(policy.tiers.hotDays < days && {
        warm: { min_age: `${policy.tiers.hotDays}d`, actions: { forcemerge: { max_num_segments: 1 } } },
      }),
      ...(policy.tiers.warmDays < days && {
        cold: { min_age: `${policy.tiers.warmDays}d`, actions: { set_priority: { priority: 0 } } },
      }),
      delete: { min_age: `${days}d`, actions: { delete: {} } },
    }
    const template = {
      index_patterns: [`${signal}-plutus.${name}*`],
      data_stream: {},
      priority: PRIORITY,
      template: { settings: { 'index.lifecycle.name': id } },
      composed_of: [`${signal}@mappings`, `${signal}-otel@mappings`, 'ecs@mappings'],
      ignore_missing_component_templates: [`${signal}@mappings`, `${signal}-otel@mappings`, 'ecs@mappings'],
      _meta,
    }
    return [
      [`PUT _ilm/policy/${id}`, { policy: { phases, _meta } }],
      [`PUT _index_template/${id}`, template],
    ] as const
  })
  return jsonFile('elasticsearch.json', Object.fromEntries(requests))
}

/** The same for OpenSearch, whose policies are states that follow each other. */
export function renderOpenSearch(policy: Policy): RenderedFile {
  const hash = policyHash(policy)
  const requests = outputsOf(policy).map(({ name, days }) => {
    const steps = [
      { name: 'hot', age: 0 },
      { name: 'warm', age: policy.tiers.hotDays },
      { name: 'cold', age: policy.tiers.warmDays },
    ].filter(({ age }) => age < days)
    const states = [...steps, { name: 'delete', age: days }].map((step, at, all) => {
      const next = all[at + 1]
      return {
        name: step.name,
        actions: actionsOf(step.name),
        transitions:
          next === undefined ? [] : [{ state_name: next.name, conditions: { min_index_age: `${next.age}d` } }],
      }
    })
    // The age of an index counts from its beginning: what is written last must have its time too.
    const last = states.at(-2)?.transitions[0]
    if (last !== undefined) last.conditions.min_index_age = `${days + ROLLOVER.days}d`
    const template = [{ index_patterns: [`plutus-${name}*`], priority: PRIORITY }]
    const body = { description: `Plutus policy ${hash}`, default_state: 'hot', states, ism_template: template }
    return [`PUT _plugins/_ism/policies/plutus-${name}`, { policy: body }] as const
  })
  return jsonFile('opensearch.json', Object.fromEntries(requests))
}

function actionsOf(state: string): readonly unknown[] {
  if (state === 'hot') {
    return [{ rollover: { min_index_age: `${ROLLOVER.days}d`, min_primary_shard_size: ROLLOVER.size } }]
  }
  if (state === 'warm') return [{ force_merge: { max_num_segments: 1 } }]
  return state === 'delete' ? [{ delete: {} }] : [{ read_only: {} }]
}

function outputsOf(policy: Policy): readonly { name: DataClass | typeof SPANS; days: number; signal: string }[] {
  return [
    ...CLASS_ORDER.map((name) => ({ name, days: policy.classes[name].searchableDays, signal: 'logs' })),
    { name: SPANS, days: tracesDays(policy), signal: 'traces' },
  ]
}
