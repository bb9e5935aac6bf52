import type { EventDefinition } from '../event-definition.ts'
import { APPLICATION_EVENTS } from './application.ts'
import { AUDIT_EVENTS } from './audit.ts'
import { PAYMENT_EVENTS } from './payment.ts'
import { PERFORMANCE_EVENTS } from './performance.ts'
import { SECURITY_EVENTS } from './security.ts'

/** Every event that Plutus knows. Adding one is a minor change, renaming or removing one a major change. */
export const CATALOGUE: readonly EventDefinition[] = /* @__PURE__ */ [
  ...PAYMENT_EVENTS,
  ...SECURITY_EVENTS,
  ...AUDIT_EVENTS,
  ...PERFORMANCE_EVENTS,
  ...APPLICATION_EVENTS,
]
