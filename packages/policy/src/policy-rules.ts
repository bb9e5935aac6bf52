/** What a rule of the policy asks, and why. */
export interface PolicyRule {
  /** What has to hold, as one sentence. */
  readonly rule: string
  /** What happens otherwise, and what to do, as one sentence. */
  readonly wayOut: string
}

/** Every rule that a policy file can break, by the code that its problem has. */
export const POLICY_RULES = {
  POLICY_SYNTAX: {
    rule: 'The file is YAML 1.2 of one document, at most 1 MiB, without anchors, aliases and tags.',
    wayOut: 'Mend the place that is named; write out what an alias stands for.',
  },
  POLICY_UNKNOWN: {
    rule: 'Every member is one that the format has.',
    wayOut: 'Correct the name; the message lists those that there are.',
  },
  POLICY_VALUE: {
    rule: 'Every value has the form that its member asks for.',
    wayOut: 'Correct the value, or leave the line out to get that of the built-in policy.',
  },
  POLICY_MISSING: {
    rule: 'The file says its version; a metric and an alert of its own say all that they need.',
    wayOut: 'Add the member that is named.',
  },
  POLICY_PROFILE: {
    rule: 'A policy asks for no less than its profile.',
    wayOut: 'Raise the period to the minimum that is named, or choose another profile.',
  },
  POLICY_ARCHIVE_BELOW_SEARCHABLE: {
    rule: 'A class with an archive stays there at least as long as it can be searched.',
    wayOut: 'Raise archive, or lower searchable: records would be gone from the archive that a search still finds.',
  },
  POLICY_DURABLE_NEEDS_ARCHIVE: {
    rule: 'A durable class has an archive.',
    wayOut: 'Give it one: a backend that answers 400, 401, 404, 413 or 500 makes an exporter drop records at once.',
  },
  POLICY_DURABLE_NEEDS_KEEP: {
    rule: 'A durable class keeps all.',
    wayOut: 'Set keep to all: a record that a sampler may drop is not durable.',
  },
  POLICY_IMMUTABLE_NEEDS_ARCHIVE: {
    rule: 'An immutable class is durable and has an archive.',
    wayOut: 'Make it durable and give it an archive, or leave immutable out.',
  },
  POLICY_CATCH_ALL: {
    rule: 'The class application keeps nothing away from its queue: it is matched last and takes what no class claims.',
    wayOut: 'Leave its match out, and give the records that you mean to a class before it.',
  },
  POLICY_MATCH_EMPTY: {
    rule: 'A match says which records it means.',
    wayOut: 'Give it events or a severity; without both every record would belong to the class.',
  },
  POLICY_TIERS_ORDER: {
    rule: 'The tiers follow each other: hot ends before warm, warm before cold.',
    wayOut: 'Put the ages in rising order.',
  },
  POLICY_QUEUES_EXCEED_DISK: {
    rule: 'The files of all queues, which may take twice their bounds, and the room to compact the largest fit the disk below its alert.',
    wayOut: 'Lower queues or raise limits.disk: a full disk loses acknowledged records at a restart.',
  },
  POLICY_TRACES_EXCEED_MEMORY: {
    rule: 'The traces that the sampler holds fit half of the memory.',
    wayOut: 'Lower sampling.max_traces or trace_size, or raise limits.memory.',
  },
  POLICY_WAIT_BELOW_SLOW: {
    rule: 'A collector waits longer for the spans of a trace than a trace takes to be slow.',
    wayOut: 'Raise sampling.wait: slow traces are dropped before the span comes that tells how long they took.',
  },
  POLICY_ADAPTIVE_NEEDS_PROCESS: {
    rule: 'Sampling is adaptive only where the process decides.',
    wayOut: 'Set decided_by to process: a collector does not know the load of the service.',
  },
  POLICY_METRIC_FIELDS: {
    rule: 'A metric counts events of the catalogue by attributes that they have; its value is a number.',
    wayOut: 'Correct the name: the metric would never have a value, or only an empty one.',
  },
  POLICY_METRIC_BUCKETS: {
    rule: 'A metric with a value has rising buckets, and one without a value has none.',
    wayOut: 'Put the bounds in rising order, or leave them out of a count.',
  },
  POLICY_ALERT_METRIC: {
    rule: 'An alert watches a count of the policy by attributes that divide it.',
    wayOut: 'Correct the name, or add the attribute to the by of the metric: the alert would never fire.',
  },
} as const satisfies Readonly<Record<string, PolicyRule>>

/** Code of a problem of a policy file. */
export type PolicyRuleCode = keyof typeof POLICY_RULES
