import { defineEvents, WHO_DID_WHAT } from './define.ts'

const ACTION = ['audit.actor.id', 'audit.action', 'audit.target.type', 'audit.target.id', 'audit.outcome'] as const
const DETAIL = [
  'audit.actor.role',
  'audit.reason',
  'audit.before',
  'audit.after',
  'audit.severity',
  'session.id',
  'device.id',
] as const

/** Events of the class `audit`. */
export const AUDIT_EVENTS = /* @__PURE__ */ defineEvents('audit', 'audit', WHO_DID_WHAT, [
  {
    name: 'audit.action',
    method: 'action',
    description: 'Somebody did something that has to be accounted for.',
    severity: { attribute: 'audit.outcome', steps: [{ values: ['failure'], severity: 'warn' }], otherwise: 'info' },
    pci: ['10.2.1.2'],
    required: ACTION,
    optional: DETAIL,
  },
  ...(
    [
      ['audit.admin.action', 'adminAction', 'An administrator did something.'],
      ['audit.config.change', 'configChange', 'A setting was changed.'],
      ['audit.data.export', 'dataExport', 'Data was taken out.'],
      ['audit.financial.adjustment', 'financialAdjustment', 'Money was moved by hand.'],
    ] as const
  ).map(([name, method, description]) => ({
    name,
    method,
    description,
    severity: 'warn' as const,
    pci: ['10.2.1.2'],
    required: ACTION,
    optional: DETAIL,
  })),
  {
    name: 'audit.access',
    method: 'access',
    description: 'Audit data was read.',
    severity: 'info',
    pci: ['10.2.1.3'],
    optional: ['audit.actor.id', 'audit.actor.role', 'audit.query', 'audit.count'],
  },
  {
    name: 'audit.retention',
    method: 'retention',
    description: 'Records were archived or deleted.',
    severity: 'info',
    pci: ['10.5.1'],
    optional: ['audit.action', 'audit.count', 'audit.period', 'audit.policy.hash'],
  },
  ...(
    [
      ['started', 'Auditing started.'],
      ['stopped', 'Auditing stopped.'],
      ['dropped', 'Audit records were lost.'],
      ['key_rotated', 'The key that seals audit records was changed.'],
    ] as const
  ).map(([step, description]) => ({
    name: `audit.${step}`,
    method: step === 'key_rotated' ? 'keyRotated' : step,
    description,
    severity: 'warn' as const,
    pci: ['10.2.1.6', '10.7'],
    optional: ['audit.reason', 'audit.count'] as const,
  })),
])
