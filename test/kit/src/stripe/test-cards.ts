/** How a test card answers a charge. */
type CardOutcome =
  | { readonly kind: 'approve'; readonly risk?: 'elevated' }
  | { readonly kind: 'authenticate'; readonly afterwards: CardDecline | undefined }
  | CardDecline

/** A refusal by the issuer, or by Stripe itself when `blocked`. */
export interface CardDecline {
  readonly kind: 'decline'
  readonly code: string
  readonly declineCode: string
  readonly message: string
  readonly blocked?: true
}

/** A card that Stripe documents for tests. */
export interface TestCard {
  readonly number: string
  readonly brand: string
  readonly funding: 'credit' | 'debit' | 'prepaid'
  readonly country: string
  readonly outcome: CardOutcome
}

const APPROVE: CardOutcome = { kind: 'approve' }
const AUTHENTICATE: CardOutcome = { kind: 'authenticate', afterwards: undefined }
const DECLINED = 'Your card was declined.'
const INSUFFICIENT_FUNDS = declined('insufficient_funds', 'Your card has insufficient funds.')

/** The decline of a payment that would need the payer, who is away. */
export const AUTHENTICATION_REQUIRED: CardDecline = {
  kind: 'decline',
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

// https://docs.stripe.com/testing: the payment method of each card, its number, what it does.
const CARDS: Readonly<Record<string, TestCard>> = {
  pm_card_visa: card('4242424242424242', 'visa', APPROVE),
  pm_card_visa_debit: card('4000056655665556', 'visa', APPROVE, 'debit'),
  pm_card_mastercard: card('5555555555554444', 'mastercard', APPROVE),
  pm_card_mastercard_debit: card('5200828282828210', 'mastercard', APPROVE, 'debit'),
  pm_card_mastercard_prepaid: card('5105105105105100', 'mastercard', APPROVE, 'prepaid'),
  pm_card_amex: card('378282246310005', 'amex', APPROVE),
  pm_card_discover: card('6011111111111117', 'discover', APPROVE),
  pm_card_diners: card('3056930009020004', 'diners', APPROVE),
  pm_card_jcb: card('3566002020360505', 'jcb', APPROVE, 'credit', 'JP'),
  pm_card_unionpay: card('6200000000000005', 'unionpay', APPROVE, 'credit', 'CN'),
  pm_card_gb: card('4000008260000000', 'visa', APPROVE, 'credit', 'GB'),
  pm_card_de: card('4000002760000016', 'visa', APPROVE, 'credit', 'DE'),
  pm_card_jp: card('4000003920000003', 'visa', APPROVE, 'credit', 'JP'),
  pm_card_visa_chargeDeclined: card('4000000000000002', 'visa', declined('generic_decline', DECLINED)),
  pm_card_visa_chargeDeclinedInsufficientFunds: card('4000000000009995', 'visa', INSUFFICIENT_FUNDS),
  pm_card_visa_chargeDeclinedLostCard: card('4000000000009987', 'visa', declined('lost_card', DECLINED)),
  pm_card_visa_chargeDeclinedStolenCard: card('4000000000009979', 'visa', declined('stolen_card', DECLINED)),
  pm_card_visa_chargeDeclinedVelocityLimitExceeded: card(
    '4000000000006975',
    'visa',
    declined(
      'card_velocity_exceeded',
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    ),
  ),
  pm_card_chargeDeclinedExpiredCard: card(
    '4000000000000069',
    'visa',
    invalid('expired_card', 'Your card has expired.'),
  ),
  pm_card_chargeDeclinedIncorrectCvc: card(
    '4000000000000127',
    'visa',
    invalid('incorrect_cvc', "Your card's security code is incorrect."),
  ),
  pm_card_chargeDeclinedProcessingError: card(
    '4000000000000119',
    'visa',
    invalid('processing_error', 'An error occurred while processing your card. Try again in a little bit.'),
  ),
  pm_card_radarBlock: card('4100000000000019', 'visa', { ...declined('fraudulent', DECLINED), blocked: true }),
  pm_card_riskLevelElevated: card('4000000000009235', 'visa', { kind: 'approve', risk: 'elevated' }),
  pm_card_threeDSecure2Required: card('4000000000003220', 'visa', AUTHENTICATE),
  pm_card_authenticationRequired: card('4000002760003184', 'visa', AUTHENTICATE),
  pm_card_authenticationRequiredChargeDeclinedInsufficientFunds: card('4000008260003178', 'visa', {
    kind: 'authenticate',
    afterwards: INSUFFICIENT_FUNDS,
  }),
}

// Names that Stripe still accepts for the cards above.
const ALIASES: Readonly<Record<string, string>> = {
  pm_card_us: 'pm_card_visa',
  pm_card_chargeDeclined: 'pm_card_visa_chargeDeclined',
  pm_card_chargeDeclinedInsufficientFunds: 'pm_card_visa_chargeDeclinedInsufficientFunds',
  pm_card_threeDSecureRequired: 'pm_card_threeDSecure2Required',
}

const BY_NUMBER = new Map(Object.values(CARDS).map((entry) => [entry.number, entry]))

/** Finds the card behind a documented payment method such as `pm_card_visa`. */
export function findTestCard(paymentMethod: string): TestCard | undefined {
  const name = ALIASES[paymentMethod] ?? paymentMethod
  return Object.hasOwn(CARDS, name) ? CARDS[name] : undefined
}

/** Finds a documented test card by its number. */
export function findTestCardByNumber(number: string): TestCard | undefined {
  return BY_NUMBER.get(number)
}

function card(
  number: string,
  brand: string,
  outcome: CardOutcome,
  funding: TestCard['funding'] = 'credit',
  country = 'US',
): TestCard {
  return { number, brand, funding, country, outcome }
}

function declined(declineCode: string, message: string): CardDecline {
  return { kind: 'decline', code: 'card_declined', declineCode, message }
}

function invalid(code: string, message: string): CardDecline {
  return { kind: 'decline', code, declineCode: code, message }
}
