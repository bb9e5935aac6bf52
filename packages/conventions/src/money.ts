import { PlutusOptionError } from './errors.ts'

/**
 * An amount of minor units as the types can check it: any number, but no literal with a fraction.
 *
 * @example business.paymentRefund({ 'payment.amount': 12.5, ... }) // does not compile
 */
export type MinorUnits = number

/** An amount as the smallest unit of its currency: 12.34 EUR is `{ amount: 1234, currency: 'EUR' }`. */
export interface Money {
  /** Integer of minor units. */
  readonly amount: number
  /** ISO 4217 code. */
  readonly currency: Currency
}

// ISO 4217:2015 list one, by number of decimals of the minor unit; two where not named.
const NO_DECIMALS = [
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'ISK',
  'JPY',
  'KMF',
  'KRW',
  'PYG',
  'RWF',
  'UGX',
  'UYI',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
] as const
const THREE_DECIMALS = ['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'] as const
const FOUR_DECIMALS = ['CLF', 'UYW'] as const
const TWO_DECIMALS = [
  'AED',
  'AFN',
  'ALL',
  'AMD',
  'AOA',
  'ARS',
  'AUD',
  'AWG',
  'AZN',
  'BAM',
  'BBD',
  'BDT',
  'BGN',
  'BMD',
  'BND',
  'BOB',
  'BOV',
  'BRL',
  'BSD',
  'BTN',
  'BWP',
  'BYN',
  'BZD',
  'CAD',
  'CDF',
  'CHE',
  'CHF',
  'CHW',
  'CNY',
  'COP',
  'COU',
  'CRC',
  'CUP',
  'CVE',
  'CZK',
  'DKK',
  'DOP',
  'DZD',
  'EGP',
  'ERN',
  'ETB',
  'EUR',
  'FJD',
  'FKP',
  'GBP',
  'GEL',
  'GHS',
  'GIP',
  'GMD',
  'GTQ',
  'GYD',
  'HKD',
  'HNL',
  'HTG',
  'HUF',
  'IDR',
  'ILS',
  'INR',
  'IRR',
  'JMD',
  'KES',
  'KGS',
  'KHR',
  'KPW',
  'KYD',
  'KZT',
  'LAK',
  'LBP',
  'LKR',
  'LRD',
  'LSL',
  'MAD',
  'MDL',
  'MGA',
  'MKD',
  'MMK',
  'MNT',
  'MOP',
  'MRU',
  'MUR',
  'MVR',
  'MWK',
  'MXN',
  'MXV',
  'MYR',
  'MZN',
  'NAD',
  'NGN',
  'NIO',
  'NOK',
  'NPR',
  'NZD',
  'PAB',
  'PEN',
  'PGK',
  'PHP',
  'PKR',
  'PLN',
  'QAR',
  'RON',
  'RSD',
  'RUB',
  'SAR',
  'SBD',
  'SCR',
  'SDG',
  'SEK',
  'SGD',
  'SHP',
  'SLE',
  'SOS',
  'SRD',
  'SSP',
  'STN',
  'SVC',
  'SYP',
  'SZL',
  'THB',
  'TJS',
  'TMT',
  'TOP',
  'TRY',
  'TTD',
  'TWD',
  'TZS',
  'UAH',
  'USD',
  'USN',
  'UYU',
  'UZS',
  'VED',
  'VES',
  'WST',
  'XCD',
  'XCG',
  'YER',
  'ZAR',
  'ZMW',
  'ZWG',
] as const

type Upper =
  | (typeof NO_DECIMALS)[number]
  | (typeof TWO_DECIMALS)[number]
  | (typeof THREE_DECIMALS)[number]
  | (typeof FOUR_DECIMALS)[number]

/** An ISO 4217 code in upper case, or in lower case as some providers write it. */
export type Currency = Upper | Lowercase<Upper>

const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...NO_DECIMALS.map((code) => [code, 0] as const),
  ...TWO_DECIMALS.map((code) => [code, 2] as const),
  ...THREE_DECIMALS.map((code) => [code, 3] as const),
  ...FOUR_DECIMALS.map((code) => [code, 4] as const),
])

/** Lists every ISO 4217 code that `isCurrency` accepts, in upper case. */
export function listCurrencies(): string[] {
  return [...DECIMALS.keys()].sort()
}

// Digits, then at most one point with digits: nothing can match in two ways, so linear.
const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?$/

/** Whether a value is an ISO 4217 code in upper or lower case. */
export function isCurrency(value: unknown): value is Currency {
  return typeof value === 'string' && value.length === 3 && DECIMALS.has(value.toUpperCase())
}

/** Whether a value can be an amount of minor units: an integer that a double holds exactly. */
export function isMinorUnits(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/**
 * Reads a decimal text as an amount of minor units, exactly: no double is on the way.
 *
 * @throws {PlutusOptionError} if the text is no plain decimal number, has more decimals than the currency, is beyond
 * 2^53 minor units, or the currency is unknown.
 * @example money('12.34', 'EUR') // { amount: 1234, currency: 'EUR' }
 */
export function money(decimal: string, currency: Currency): Money {
  const decimals = isCurrency(currency) ? DECIMALS.get(currency.toUpperCase()) : undefined
  if (decimals === undefined) throw new PlutusOptionError('money.currency', 'an ISO 4217 code such as EUR')
  const [, sign, whole, fraction = ''] = DECIMAL.exec(decimal) ?? []
  const amount = Number(`${whole}${fraction.padEnd(decimals, '0')}`)
  if (whole === undefined || fraction.length > decimals || !Number.isSafeInteger(amount)) {
    throw new PlutusOptionError(
      'money.decimal',
      `a decimal number with at most ${decimals} decimals, such as ${(12).toFixed(decimals)}`,
    )
  }
  return { amount: sign === '-' && amount !== 0 ? -amount : amount, currency }
}
