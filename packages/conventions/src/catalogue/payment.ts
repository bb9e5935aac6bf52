import { defineEvents } from './define.ts'

const MONEY = ['payment.amount', 'payment.currency'] as const
const STATUS_ERROR = {
  attribute: 'payment.status',
  steps: [{ values: ['failed'], severity: 'error' }],
  otherwise: 'info',
} as const
// The status is the provider's word, and each has another one for a refusal.
const REFUSED = ['failed', 'declined', 'refused', 'rejected', 'denied', 'error']
const STEP_ERROR = {
  attribute: 'payment.status',
  steps: [{ values: REFUSED, severity: 'error' }],
  otherwise: 'info',
} as const
const STATUS_WARN = {
  attribute: 'payment.status',
  steps: [{ values: ['failed', 'lost', 'canceled'], severity: 'warn' }],
  otherwise: 'info',
} as const
const BILLING = ['subscription.plan', 'payment.amount', 'payment.currency', 'payment.status'] as const

/** Events of the class `payment`: what the business did. */
export const PAYMENT_EVENTS = /* @__PURE__ */ defineEvents(
  'payment',
  'business',
  [],
  [
    {
      name: 'user.registration',
      method: 'userRegistration',
      description: 'A user registered.',
      severity: 'info',
      required: ['user.id'],
      optional: ['user.registration.method', 'client.address', 'user_agent.original', 'http.referrer'],
    },
    {
      name: 'payment.attempt',
      method: 'paymentAttempt',
      description: 'A payment was begun.',
      severity: 'info',
      required: ['payment.id', ...MONEY],
      optional: [
        'payment.method',
        'payment.provider',
        'payment.sender.id',
        'payment.receiver.id',
        'payment.description',
        'payment.status',
      ],
    },
    ...(['authorization', 'capture'] as const).map((step) => ({
      name: `payment.${step}`,
      method: step === 'capture' ? 'paymentCapture' : 'paymentAuthorization',
      description: step === 'capture' ? 'An authorised payment was captured.' : 'A payment was authorised, or refused.',
      severity: STEP_ERROR,
      required: ['payment.id', 'payment.status'] as const,
      optional: [
        ...MONEY,
        'payment.provider',
        'payment.provider.request_id',
        'payment.decline_code',
        'error.type',
      ] as const,
    })),
    {
      name: 'payment.completion',
      method: 'paymentCompletion',
      description: 'A payment came to its end, or waits for its payer.',
      severity: STATUS_ERROR,
      required: ['payment.id', 'payment.status', ...MONEY],
      narrow: { 'payment.status': ['succeeded', 'failed', 'canceled', 'requires_action'] },
      optional: [
        'payment.fee',
        'payment.exchange_rate',
        'payment.decline_code',
        'payment.duration',
        'payment.method',
        'payment.provider',
        'payment.provider.request_id',
        'error.type',
      ],
    },
    {
      name: 'payment.refund',
      method: 'paymentRefund',
      description: 'Money of a payment was given back.',
      severity: STATUS_WARN,
      required: ['payment.id', ...MONEY],
      optional: ['payment.status', 'payment.reason', 'payment.provider', 'payment.provider.request_id'],
    },
    {
      name: 'payment.dispute',
      method: 'paymentDispute',
      description: 'A payment was disputed, or a dispute was decided.',
      severity: STATUS_WARN,
      required: ['payment.id', ...MONEY],
      optional: ['payment.status', 'payment.reason', 'payment.provider'],
    },
    {
      name: 'payment.payout',
      method: 'paymentPayout',
      description: 'Money was paid out.',
      severity: STATUS_WARN,
      required: ['payout.id', ...MONEY],
      optional: ['payment.status', 'payment.reason', 'payment.provider', 'payment.receiver.id'],
    },
    ...(['created', 'updated', 'canceled'] as const).map((step) => ({
      name: `subscription.${step}`,
      method: (
        { created: 'subscriptionCreated', updated: 'subscriptionUpdated', canceled: 'subscriptionCanceled' } as const
      )[step],
      description: `A subscription was ${step}.`,
      severity: STATUS_WARN,
      required: ['subscription.id'] as const,
      optional: [...BILLING, 'customer.id'] as const,
    })),
    {
      name: 'invoice.paid',
      method: 'invoicePaid',
      description: 'An invoice was paid.',
      severity: 'info',
      outcome: 'success',
      required: ['invoice.id'],
      optional: [...BILLING, 'subscription.id', 'customer.id'],
    },
    {
      name: 'invoice.payment_failed',
      method: 'invoicePaymentFailed',
      description: 'The payment of an invoice failed.',
      severity: 'warn',
      outcome: 'failure',
      required: ['invoice.id'],
      optional: [...BILLING, 'subscription.id', 'customer.id', 'payment.decline_code'],
    },
    ...(['charged', 'granted'] as const).map((step) => ({
      name: `credits.${step}`,
      method: step === 'charged' ? 'creditsCharged' : 'creditsGranted',
      description: `Credits were ${step}.`,
      severity: 'info' as const,
      required: ['user.id', 'credits.amount'] as const,
      optional: ['credits.balance', 'credits.reason'] as const,
    })),
    {
      name: 'fraud.detection',
      method: 'fraudDetection',
      description: 'A fraud check decided about a payment or a user.',
      severity: {
        attribute: 'fraud.action',
        steps: [
          { values: ['block'], severity: 'error' },
          { values: ['review'], severity: 'warn' },
        ],
        otherwise: 'info',
      },
      required: ['fraud.action', 'fraud.risk_score'],
      optional: ['payment.id', 'user.id', 'fraud.risk_factors', 'fraud.model.version', 'fraud.duration'],
    },
    {
      name: 'fraud.alert',
      method: 'fraudAlert',
      description: 'Somebody has to look at a suspicion of fraud.',
      severity: 'error',
      required: ['fraud.reason'],
      optional: ['payment.id', 'customer.id', ...MONEY],
    },
    {
      name: 'kyc.verification',
      method: 'kycVerification',
      description: "A user's identity was verified, or was not.",
      severity: {
        attribute: 'kyc.status',
        steps: [{ values: ['review', 'rejected', 'declined', 'failed'], severity: 'warn' }],
        otherwise: 'info',
      },
      required: ['user.id', 'kyc.status', 'kyc.method'],
      optional: ['kyc.document_types', 'kyc.provider', 'kyc.duration', 'kyc.confidence'],
    },
    {
      name: 'webhook.received',
      method: 'webhookReceived',
      description: "A provider's webhook arrived; its signature holds, unless it was not checked here.",
      severity: 'info',
      required: ['webhook.provider', 'webhook.event.type', 'webhook.event.id'],
      optional: ['webhook.delivery.lag', 'webhook.duplicate', 'webhook.verified'],
    },
    {
      name: 'business.event',
      method: 'event',
      description: 'Something of the business that the catalogue has no name for.',
      severity: 'info',
      required: ['business.event.type'],
      open: true,
    },
  ],
)
