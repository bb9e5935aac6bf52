// Generated from the catalogue by `node packages/conventions/generate.ts`; do not edit.
import type { Currency, MinorUnits } from './money.ts'

/** Fields of each event, by its name. */
export interface EventFields {
  /** A user registered. */
  readonly 'user.registration': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How the user registered, such as password or google. */
    readonly 'user.registration.method'?: string | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
    /** `Referer` header as it came. */
    readonly 'http.referrer'?: string | undefined
  }
  /** A payment was begun. */
  readonly 'payment.attempt': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount': MinorUnits
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency': Currency
    /** Means of payment, such as card or sepa_debit. */
    readonly 'payment.method'?: string | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id of who pays. */
    readonly 'payment.sender.id'?: string | undefined
    /** Id of who is paid. */
    readonly 'payment.receiver.id'?: string | undefined
    /** What the payment is for. */
    readonly 'payment.description'?: string | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
  }
  /** A payment was authorised, or refused. */
  readonly 'payment.authorization': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id by which the provider finds the call. */
    readonly 'payment.provider.request_id'?: string | undefined
    /** Why the issuer declined, in the words of the provider. */
    readonly 'payment.decline_code'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** An authorised payment was captured. */
  readonly 'payment.capture': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id by which the provider finds the call. */
    readonly 'payment.provider.request_id'?: string | undefined
    /** Why the issuer declined, in the words of the provider. */
    readonly 'payment.decline_code'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** A payment came to its end, or waits for its payer. */
  readonly 'payment.completion': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status': 'succeeded' | 'failed' | 'canceled' | 'requires_action'
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount': MinorUnits
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency': Currency
    /** Fee of the provider in minor units. Must be an integer of minor units. */
    readonly 'payment.fee'?: MinorUnits | undefined
    /** Rate at which the amount was converted. */
    readonly 'payment.exchange_rate'?: number | undefined
    /** Why the issuer declined, in the words of the provider. */
    readonly 'payment.decline_code'?: string | undefined
    /** Time from the attempt to the end. Unit: s. */
    readonly 'payment.duration'?: number | undefined
    /** Means of payment, such as card or sepa_debit. */
    readonly 'payment.method'?: string | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id by which the provider finds the call. */
    readonly 'payment.provider.request_id'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** Money of a payment was given back. */
  readonly 'payment.refund': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount': MinorUnits
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency': Currency
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Why it was done. */
    readonly 'payment.reason'?: string | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id by which the provider finds the call. */
    readonly 'payment.provider.request_id'?: string | undefined
  }
  /** A payment was disputed, or a dispute was decided. */
  readonly 'payment.dispute': {
    /** Id of the payment. */
    readonly 'payment.id': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount': MinorUnits
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency': Currency
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Why it was done. */
    readonly 'payment.reason'?: string | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
  }
  /** Money was paid out. */
  readonly 'payment.payout': {
    /** Id of the payout. */
    readonly 'payout.id': string
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount': MinorUnits
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency': Currency
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Why it was done. */
    readonly 'payment.reason'?: string | undefined
    /** Provider that carries the payment out, such as stripe. */
    readonly 'payment.provider'?: string | undefined
    /** Id of who is paid. */
    readonly 'payment.receiver.id'?: string | undefined
  }
  /** A subscription was created. */
  readonly 'subscription.created': {
    /** Id of the subscription. */
    readonly 'subscription.id': string
    /** Plan that is subscribed to. */
    readonly 'subscription.plan'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
  }
  /** A subscription was updated. */
  readonly 'subscription.updated': {
    /** Id of the subscription. */
    readonly 'subscription.id': string
    /** Plan that is subscribed to. */
    readonly 'subscription.plan'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
  }
  /** A subscription was canceled. */
  readonly 'subscription.canceled': {
    /** Id of the subscription. */
    readonly 'subscription.id': string
    /** Plan that is subscribed to. */
    readonly 'subscription.plan'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
  }
  /** An invoice was paid. */
  readonly 'invoice.paid': {
    /** Id of the invoice. */
    readonly 'invoice.id': string
    /** Plan that is subscribed to. */
    readonly 'subscription.plan'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Id of the subscription. */
    readonly 'subscription.id'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
  }
  /** The payment of an invoice failed. */
  readonly 'invoice.payment_failed': {
    /** Id of the invoice. */
    readonly 'invoice.id': string
    /** Plan that is subscribed to. */
    readonly 'subscription.plan'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
    /** How the payment stands, in the words of the provider. */
    readonly 'payment.status'?: string | undefined
    /** Id of the subscription. */
    readonly 'subscription.id'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
    /** Why the issuer declined, in the words of the provider. */
    readonly 'payment.decline_code'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
  }
  /** Credits were charged. */
  readonly 'credits.charged': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Credits that moved. Unit: {credit}. */
    readonly 'credits.amount': number
    /** Credits after the move. Unit: {credit}. */
    readonly 'credits.balance'?: number | undefined
    /** Why the credits moved. */
    readonly 'credits.reason'?: string | undefined
  }
  /** Credits were granted. */
  readonly 'credits.granted': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Credits that moved. Unit: {credit}. */
    readonly 'credits.amount': number
    /** Credits after the move. Unit: {credit}. */
    readonly 'credits.balance'?: number | undefined
    /** Why the credits moved. */
    readonly 'credits.reason'?: string | undefined
  }
  /** A fraud check decided about a payment or a user. */
  readonly 'fraud.detection': {
    /** What was decided. */
    readonly 'fraud.action': 'allow' | 'review' | 'block'
    /** Risk that the model sees. Must be a number from 0 to 1. */
    readonly 'fraud.risk_score': number
    /** Id of the payment. */
    readonly 'payment.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** What raised the risk. */
    readonly 'fraud.risk_factors'?: readonly string[] | undefined
    /** Version of the model. */
    readonly 'fraud.model.version'?: string | undefined
    /** Time that the decision took. Unit: s. */
    readonly 'fraud.duration'?: number | undefined
  }
  /** Somebody has to look at a suspicion of fraud. */
  readonly 'fraud.alert': {
    /** Why the alert was raised. */
    readonly 'fraud.reason': string
    /** Id of the payment. */
    readonly 'payment.id'?: string | undefined
    /** Id of the customer at the provider or in the shop. */
    readonly 'customer.id'?: string | undefined
    /** Amount in minor units of the currency. Must be an integer of minor units. */
    readonly 'payment.amount'?: MinorUnits | undefined
    /** ISO 4217 code of the currency. Must be an ISO 4217 code. */
    readonly 'payment.currency'?: Currency | undefined
  }
  /** A user's identity was verified, or was not. */
  readonly 'kyc.verification': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How the verification ended, such as verified, pending, review, rejected or failed. */
    readonly 'kyc.status': string
    /** How it was verified. */
    readonly 'kyc.method': string
    /** Kinds of documents that were shown. */
    readonly 'kyc.document_types'?: readonly string[] | undefined
    /** Provider of the verification. */
    readonly 'kyc.provider'?: string | undefined
    /** Time that the verification took. Unit: s. */
    readonly 'kyc.duration'?: number | undefined
    /** How sure the verification is. Must be a number from 0 to 1. */
    readonly 'kyc.confidence'?: number | undefined
  }
  /** A provider's webhook arrived; its signature holds, unless it was not checked here. */
  readonly 'webhook.received': {
    /** Provider that sent the webhook. */
    readonly 'webhook.provider': string
    /** Type of the provider's event. */
    readonly 'webhook.event.type': string
    /** Id of the provider's event. */
    readonly 'webhook.event.id': string
    /** Time from the provider's event to its arrival. Unit: s. */
    readonly 'webhook.delivery.lag'?: number | undefined
    /** Whether this process has seen the event before. */
    readonly 'webhook.duplicate'?: boolean | undefined
    /** Whether the signature was checked in this process; absent where it was. */
    readonly 'webhook.verified'?: boolean | undefined
  }
  /** Something of the business that the catalogue has no name for. */
  readonly 'business.event': {
    /** Type of the event, in the words of the application. */
    readonly 'business.event.type': string
    readonly [field: string]: unknown
  }
  /** A user logged in. */
  readonly 'auth.login.success': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** How the user proved who he is. */
    readonly 'auth.method'?: string | undefined
    /** Whether a second factor was used. */
    readonly 'auth.mfa.used'?: boolean | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** ISO 3166-1 code of the country. */
    readonly 'geo.country.iso_code'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
  }
  /** A user logged in after failures; many of them make it a warning. */
  readonly 'auth.login.success_after_fail': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Failures counted. Unit: {failure}. */
    readonly 'auth.failures'?: number | undefined
    /** How the user proved who he is. */
    readonly 'auth.method'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** A login failed. */
  readonly 'auth.login.failure': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why the login failed. */
    readonly 'auth.failure.reason'?: string | undefined
    /** How the user proved who he is. */
    readonly 'auth.method'?: string | undefined
    /** Keyed hash that stands for the user where the id must not. */
    readonly 'user.hash'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
    /** ISO 3166-1 code of the country. */
    readonly 'geo.country.iso_code'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
  }
  /** So many logins failed that somebody seems to be guessing. */
  readonly 'auth.bruteforce': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Failures counted. Unit: {failure}. */
    readonly 'auth.failures'?: number | undefined
    /** Time in which it was counted. Unit: s. */
    readonly 'auth.window'?: number | undefined
    /** What was counted by. */
    readonly 'auth.key'?: 'user' | 'address' | 'pair' | 'card' | undefined
    /** Keyed hash that stands for the user where the id must not. */
    readonly 'user.hash'?: string | undefined
  }
  /** An account was locked. */
  readonly 'auth.lockout': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Time for which the account is locked. Unit: s. */
    readonly 'auth.lock.duration'?: number | undefined
    /** Failures counted. Unit: {failure}. */
    readonly 'auth.failures'?: number | undefined
  }
  /** A user logged out. */
  readonly 'auth.logout': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** A session was opened. */
  readonly 'auth.session.created': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** A session was renewed. */
  readonly 'auth.session.renewed': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** A session ended by its age. */
  readonly 'auth.session.expired': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** An ended session was used. */
  readonly 'auth.session.use_after_expire': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
  }
  /** A password was changed. */
  readonly 'auth.password.change': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
  }
  /** A password could not be changed. */
  readonly 'auth.password.change_failure': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why the login failed. */
    readonly 'auth.failure.reason'?: string | undefined
  }
  /** A password was reset. */
  readonly 'auth.password.reset': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** How the user proved who he is. */
    readonly 'auth.method'?: string | undefined
  }
  /** A second factor was asked for. */
  readonly 'auth.mfa.challenge': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Second factor, such as totp. */
    readonly 'auth.mfa.method'?: string | undefined
  }
  /** A second factor was right. */
  readonly 'auth.mfa.success': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Second factor, such as totp. */
    readonly 'auth.mfa.method'?: string | undefined
  }
  /** A second factor was wrong. */
  readonly 'auth.mfa.failure': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Second factor, such as totp. */
    readonly 'auth.mfa.method'?: string | undefined
    /** Why the login failed. */
    readonly 'auth.failure.reason'?: string | undefined
  }
  /** A token was made. */
  readonly 'auth.token.created': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of token, such as api_key. */
    readonly 'token.type'?: string | undefined
    /** Keyed hash that stands for the token. */
    readonly 'token.id'?: string | undefined
    /** When the token ends, ISO 8601. */
    readonly 'token.expires_at'?: string | undefined
  }
  /** A token was revoked. */
  readonly 'auth.token.revoked': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of token, such as api_key. */
    readonly 'token.type'?: string | undefined
    /** Keyed hash that stands for the token. */
    readonly 'token.id'?: string | undefined
    /** When the token ends, ISO 8601. */
    readonly 'token.expires_at'?: string | undefined
  }
  /** A token was used that was used up or revoked. */
  readonly 'auth.token.reuse': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of token, such as api_key. */
    readonly 'token.type'?: string | undefined
    /** Keyed hash that stands for the token. */
    readonly 'token.id'?: string | undefined
    /** When the token ends, ISO 8601. */
    readonly 'token.expires_at'?: string | undefined
  }
  /** A token was deleted. */
  readonly 'auth.token.deleted': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of token, such as api_key. */
    readonly 'token.type'?: string | undefined
    /** Keyed hash that stands for the token. */
    readonly 'token.id'?: string | undefined
    /** When the token ends, ISO 8601. */
    readonly 'token.expires_at'?: string | undefined
  }
  /** A user was in two places that nobody can reach in the time between. */
  readonly 'auth.impossible_travel': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Code of the continent, such as EU. */
    readonly 'geo.continent.code'?: string | undefined
    /** ISO 3166-1 code of the country. */
    readonly 'geo.country.iso_code'?: string | undefined
    /** ISO 3166-2 code of the region. */
    readonly 'geo.region.iso_code'?: string | undefined
    /** Name of the place. */
    readonly 'geo.locality.name'?: string | undefined
    /** Postal code of the place. */
    readonly 'geo.postal_code'?: string | undefined
    /** Latitude. Unit: deg. */
    readonly 'geo.location.lat'?: number | undefined
    /** Longitude. Unit: deg. */
    readonly 'geo.location.lon'?: number | undefined
  }
  /** Somebody was refused what he has no permission for. */
  readonly 'authz.denied': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** What was refused. */
    readonly 'authz.action'?: string | undefined
    /** Permissions that were needed. */
    readonly 'authz.required'?: readonly string[] | undefined
    /** Permissions that the user has. */
    readonly 'authz.granted'?: readonly string[] | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
  }
  /** Who may do what was changed. */
  readonly 'authz.changed': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** What it was. */
    readonly 'change.before'?: unknown | undefined
    /** What it is now. */
    readonly 'change.after'?: unknown | undefined
  }
  /** A user's privileges were changed. */
  readonly 'privilege.changed': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** What it was. */
    readonly 'change.before'?: unknown | undefined
    /** What it is now. */
    readonly 'change.after'?: unknown | undefined
  }
  /** An administrative function was used. */
  readonly 'admin.access': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Status code of the response. */
    readonly 'http.response.status_code'?: number | undefined
  }
  /** SQL injection was tried. */
  readonly 'attack.sqli': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** Cross-site scripting was tried. */
  readonly 'attack.xss': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** Path traversal was tried. */
  readonly 'attack.traversal': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** Command injection was tried. */
  readonly 'attack.command': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** NoSQL injection was tried. */
  readonly 'attack.nosql': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** A JNDI look-up was tried. */
  readonly 'attack.jndi': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** Prototype pollution was tried. */
  readonly 'attack.proto_pollution': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** Server-side request forgery was tried. */
  readonly 'attack.ssrf': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
    /** Where the input stood, such as query.q or body.customer.name. */
    readonly 'attack.location'?: string | undefined
    /** Whether the input reached what it aims at. */
    readonly 'attack.confirmed'?: boolean | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
  }
  /** A tool for attacks announced itself. */
  readonly 'attack.tool': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the user agent. */
    readonly 'user_agent.name'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
    /** Name of the rule that fired. */
    readonly 'security_rule.name'?: string | undefined
    /** Category of the rule that fired. */
    readonly 'security_rule.category'?: string | undefined
  }
  /** Somebody asked for many things that are not there. */
  readonly 'attack.probe': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Attacks counted. Unit: {attack}. */
    readonly 'attack.count'?: number | undefined
    /** Time in which they were counted. Unit: s. */
    readonly 'attack.window'?: number | undefined
    /** Path of the URL. */
    readonly 'url.path'?: string | undefined
  }
  /** Stolen cards seem to be tried out. */
  readonly 'attack.card_testing': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Time in which it was counted. Unit: s. */
    readonly 'auth.window'?: number | undefined
    /** Declines in the window. Unit: {decline}. */
    readonly 'payment.declines'?: number | undefined
    /** Keyed hash that stands for the card. */
    readonly 'card.fingerprint'?: string | undefined
  }
  /** A rate limit was exceeded. */
  readonly 'limit.exceeded': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the limit. */
    readonly 'limit.name'?: string | undefined
    /** Value of the limit. */
    readonly 'limit.value'?: number | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
  }
  /** An address was blocked. */
  readonly 'ip.blocked': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Name of the limit. */
    readonly 'limit.name'?: string | undefined
    /** Value of the limit. */
    readonly 'limit.value'?: number | undefined
  }
  /** A webhook came with a signature that does not hold. */
  readonly 'webhook.signature_failure': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Provider that sent the webhook. */
    readonly 'webhook.provider'?: string | undefined
    /** Why the signature was refused, such as bad_signature, old_timestamp or no_header. */
    readonly 'webhook.failure.reason'?: string | undefined
  }
  /** Sensitive data was read. */
  readonly 'data.read': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of sensitive data. */
    readonly 'data.type'?: string | undefined
    /** Why it was touched. */
    readonly 'data.purpose'?: string | undefined
  }
  /** Sensitive data was created. */
  readonly 'data.create': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of sensitive data. */
    readonly 'data.type'?: string | undefined
    /** Why it was touched. */
    readonly 'data.purpose'?: string | undefined
  }
  /** Sensitive data was changed. */
  readonly 'data.update': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of sensitive data. */
    readonly 'data.type'?: string | undefined
    /** Why it was touched. */
    readonly 'data.purpose'?: string | undefined
  }
  /** Sensitive data was deleted. */
  readonly 'data.delete': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of sensitive data. */
    readonly 'data.type'?: string | undefined
    /** Why it was touched. */
    readonly 'data.purpose'?: string | undefined
  }
  /** Something looks like an attack or a fraud. */
  readonly 'security.suspicious_activity': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Kind of activity. */
    readonly 'activity.type'?: string | undefined
    /** Risk that was seen. Must be a number from 0 to 1. */
    readonly 'risk.score'?: number | undefined
    /** What raised the risk. */
    readonly 'risk.indicators'?: readonly string[] | undefined
    /** What was done about it. */
    readonly 'action.taken'?: string | undefined
  }
  /** A security incident was declared. */
  readonly 'security.incident': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of the incident. */
    readonly 'incident.id': string
    /** Kind of incident. */
    readonly 'incident.type': string
    /** How grave it is. */
    readonly 'incident.severity': string
    /** Users who are affected. */
    readonly 'incident.affected_users'?: readonly string[] | undefined
    /** Systems that are affected. */
    readonly 'incident.affected_systems'?: readonly string[] | undefined
    /** How it was found. */
    readonly 'incident.detection_method'?: string | undefined
    /** What was done about it. */
    readonly 'incident.response_actions'?: readonly string[] | undefined
  }
  /** A card number stood where none may stand, and was masked. */
  readonly 'pan_found': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Rule that found the value. */
    readonly 'redaction.rule'?: string | undefined
    /** Part of the telemetry in which it stood. */
    readonly 'redaction.carrier'?: string | undefined
  }
  /** Somebody did something that has to be accounted for. */
  readonly 'audit.action': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id': string
    /** What he did. */
    readonly 'audit.action': string
    /** Kind of thing that he acted on. */
    readonly 'audit.target.type': string
    /** Id of the thing that he acted on. */
    readonly 'audit.target.id': string
    /** How it ended. */
    readonly 'audit.outcome': 'success' | 'failure' | 'unknown'
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Changed fields as they were. */
    readonly 'audit.before'?: unknown | undefined
    /** Changed fields as they are now. */
    readonly 'audit.after'?: unknown | undefined
    /** How grave the action is, in the words of the application. */
    readonly 'audit.severity'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
  }
  /** An administrator did something. */
  readonly 'audit.admin.action': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id': string
    /** What he did. */
    readonly 'audit.action': string
    /** Kind of thing that he acted on. */
    readonly 'audit.target.type': string
    /** Id of the thing that he acted on. */
    readonly 'audit.target.id': string
    /** How it ended. */
    readonly 'audit.outcome': 'success' | 'failure' | 'unknown'
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Changed fields as they were. */
    readonly 'audit.before'?: unknown | undefined
    /** Changed fields as they are now. */
    readonly 'audit.after'?: unknown | undefined
    /** How grave the action is, in the words of the application. */
    readonly 'audit.severity'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
  }
  /** A setting was changed. */
  readonly 'audit.config.change': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id': string
    /** What he did. */
    readonly 'audit.action': string
    /** Kind of thing that he acted on. */
    readonly 'audit.target.type': string
    /** Id of the thing that he acted on. */
    readonly 'audit.target.id': string
    /** How it ended. */
    readonly 'audit.outcome': 'success' | 'failure' | 'unknown'
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Changed fields as they were. */
    readonly 'audit.before'?: unknown | undefined
    /** Changed fields as they are now. */
    readonly 'audit.after'?: unknown | undefined
    /** How grave the action is, in the words of the application. */
    readonly 'audit.severity'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
  }
  /** Data was taken out. */
  readonly 'audit.data.export': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id': string
    /** What he did. */
    readonly 'audit.action': string
    /** Kind of thing that he acted on. */
    readonly 'audit.target.type': string
    /** Id of the thing that he acted on. */
    readonly 'audit.target.id': string
    /** How it ended. */
    readonly 'audit.outcome': 'success' | 'failure' | 'unknown'
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Changed fields as they were. */
    readonly 'audit.before'?: unknown | undefined
    /** Changed fields as they are now. */
    readonly 'audit.after'?: unknown | undefined
    /** How grave the action is, in the words of the application. */
    readonly 'audit.severity'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
  }
  /** Money was moved by hand. */
  readonly 'audit.financial.adjustment': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id': string
    /** What he did. */
    readonly 'audit.action': string
    /** Kind of thing that he acted on. */
    readonly 'audit.target.type': string
    /** Id of the thing that he acted on. */
    readonly 'audit.target.id': string
    /** How it ended. */
    readonly 'audit.outcome': 'success' | 'failure' | 'unknown'
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Changed fields as they were. */
    readonly 'audit.before'?: unknown | undefined
    /** Changed fields as they are now. */
    readonly 'audit.after'?: unknown | undefined
    /** How grave the action is, in the words of the application. */
    readonly 'audit.severity'?: string | undefined
    /** Id of the session, hashed where the id itself opens the session. */
    readonly 'session.id'?: string | undefined
    /** Id of the device. */
    readonly 'device.id'?: string | undefined
  }
  /** Audit data was read. */
  readonly 'audit.access': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Id of who acted. */
    readonly 'audit.actor.id'?: string | undefined
    /** Role in which he acted. */
    readonly 'audit.actor.role'?: string | undefined
    /** What was asked for. */
    readonly 'audit.query'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
  }
  /** Records were archived or deleted. */
  readonly 'audit.retention': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** What he did. */
    readonly 'audit.action'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
    /** Period concerned, ISO 8601. */
    readonly 'audit.period'?: string | undefined
    /** Hash of the policy in force. */
    readonly 'audit.policy.hash'?: string | undefined
  }
  /** Auditing started. */
  readonly 'audit.started': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
  }
  /** Auditing stopped. */
  readonly 'audit.stopped': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
  }
  /** Audit records were lost. */
  readonly 'audit.dropped': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
  }
  /** The key that seals audit records was changed. */
  readonly 'audit.key_rotated': {
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** Kind of thing that is acted on. */
    readonly 'resource.type'?: string | undefined
    /** Id of the thing that is acted on. */
    readonly 'resource.id'?: string | undefined
    /** Why. */
    readonly 'audit.reason'?: string | undefined
    /** Records concerned. Unit: {record}. */
    readonly 'audit.count'?: number | undefined
  }
  /** A request was answered. */
  readonly 'http.request': {
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Path of the URL. */
    readonly 'url.path'?: string | undefined
    /** Status code of the response. */
    readonly 'http.response.status_code'?: number | undefined
    /** Time from the request to the end of the response. Unit: s. */
    readonly 'http.server.duration'?: number | undefined
    /** Size of the request body. Unit: By. */
    readonly 'http.request.body.size'?: number | undefined
    /** Size of the response body. Unit: By. */
    readonly 'http.response.body.size'?: number | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A request took longer than `PLUTUS_SLOW_REQUEST_MS` or the limit of its route. */
  readonly 'http.request.slow': {
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
    /** Route that matched. */
    readonly 'http.route'?: string | undefined
    /** Path of the URL. */
    readonly 'url.path'?: string | undefined
    /** Status code of the response. */
    readonly 'http.response.status_code'?: number | undefined
    /** Time from the request to the end of the response. Unit: s. */
    readonly 'http.server.duration'?: number | undefined
    /** Size of the request body. Unit: By. */
    readonly 'http.request.body.size'?: number | undefined
    /** Size of the response body. Unit: By. */
    readonly 'http.response.body.size'?: number | undefined
    /** Address from which the user acts. */
    readonly 'client.address'?: string | undefined
    /** `User-Agent` header as it came. */
    readonly 'user_agent.original'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    /** Time from which the request counts as slow. Unit: s. */
    readonly 'http.slow.threshold'?: number | undefined
    readonly [field: string]: unknown
  }
  /** A query took longer than `PLUTUS_SLOW_QUERY_MS`. */
  readonly 'db.query.slow': {
    /** Database system. */
    readonly 'db.system.name'?: string | undefined
    /** Name of the database. */
    readonly 'db.namespace'?: string | undefined
    /** Name of the operation. */
    readonly 'db.operation.name'?: string | undefined
    /** Table or collection. */
    readonly 'db.collection.name'?: string | undefined
    /** Text of the query, without values. */
    readonly 'db.query.text'?: string | undefined
    /** What the query does, of few distinct values. */
    readonly 'db.query.summary'?: string | undefined
    /** Hash of the text of the query. */
    readonly 'db.query.hash'?: string | undefined
    /** Time that the operation took. Unit: s. */
    readonly 'db.client.duration'?: number | undefined
    /** Rows that came back. Unit: {row}. */
    readonly 'db.response.returned_rows'?: number | undefined
    /** Code that the database answered. */
    readonly 'db.response.status_code'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** A query failed. */
  readonly 'db.query.error': {
    /** Database system. */
    readonly 'db.system.name'?: string | undefined
    /** Name of the database. */
    readonly 'db.namespace'?: string | undefined
    /** Name of the operation. */
    readonly 'db.operation.name'?: string | undefined
    /** Table or collection. */
    readonly 'db.collection.name'?: string | undefined
    /** Text of the query, without values. */
    readonly 'db.query.text'?: string | undefined
    /** What the query does, of few distinct values. */
    readonly 'db.query.summary'?: string | undefined
    /** Hash of the text of the query. */
    readonly 'db.query.hash'?: string | undefined
    /** Time that the operation took. Unit: s. */
    readonly 'db.client.duration'?: number | undefined
    /** Rows that came back. Unit: {row}. */
    readonly 'db.response.returned_rows'?: number | undefined
    /** Code that the database answered. */
    readonly 'db.response.status_code'?: string | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** State of a pool of connections; a warning when requests wait for one. */
  readonly 'db.pool': {
    /** Name of the pool. */
    readonly 'db.client.connection.pool.name'?: string | undefined
    /** Connections in use. Unit: {connection}. */
    readonly 'db.client.connection.used'?: number | undefined
    /** Connections that wait for work. Unit: {connection}. */
    readonly 'db.client.connection.idle'?: number | undefined
    /** Requests that wait for a connection. Unit: {request}. */
    readonly 'db.client.connection.pending'?: number | undefined
    /** Connections that the pool may have. Unit: {connection}. */
    readonly 'db.client.connection.max'?: number | undefined
  }
  /** A cache was asked. */
  readonly 'cache.operation': {
    /** Operation of the cache. */
    readonly 'cache.operation'?: string | undefined
    /** Whether the value was there. */
    readonly 'cache.hit'?: boolean | undefined
    /** Time that the operation took. Unit: s. */
    readonly 'cache.duration'?: number | undefined
    /** Time for which the value stays. Unit: s. */
    readonly 'cache.ttl'?: number | undefined
  }
  /** A message was sent or handled. */
  readonly 'messaging.operation': {
    /** Messaging system. */
    readonly 'messaging.system'?: string | undefined
    /** Name of the operation. */
    readonly 'messaging.operation.name'?: string | undefined
    /** Queue or topic. */
    readonly 'messaging.destination.name'?: string | undefined
    /** Time that the operation took. Unit: s. */
    readonly 'messaging.duration'?: number | undefined
    /** Messages that wait. Unit: {message}. */
    readonly 'messaging.queue.depth'?: number | undefined
    /** How often it was tried again. Unit: {retry}. */
    readonly 'messaging.retry.count'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
  }
  /** Another service was called. */
  readonly 'external.call': {
    /** Name of the service that was called. */
    readonly 'service.peer.name'?: string | undefined
    /** Method of the request. */
    readonly 'http.request.method'?: string | undefined
    /** Path of the URL with its values replaced by names. */
    readonly 'url.template'?: string | undefined
    /** Status code of the response. */
    readonly 'http.response.status_code'?: number | undefined
    /** Time that the call took, with all its tries. Unit: s. */
    readonly 'external.duration'?: number | undefined
    /** How often the call was tried again. Unit: {retry}. */
    readonly 'retry.count'?: number | undefined
    /** State of the circuit breaker. */
    readonly 'circuit_breaker.state'?: 'closed' | 'open' | 'half_open' | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    readonly [field: string]: unknown
  }
  /** A background job started. */
  readonly 'job.started': {
    /** Name of the job. */
    readonly 'job.name'?: string | undefined
    /** Id of the job. */
    readonly 'job.id'?: string | undefined
    /** Which try it is, from 1. Unit: {attempt}. */
    readonly 'job.attempt'?: number | undefined
    /** Time that the job took. Unit: s. */
    readonly 'job.duration'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** A background job ended well. */
  readonly 'job.completed': {
    /** Name of the job. */
    readonly 'job.name'?: string | undefined
    /** Id of the job. */
    readonly 'job.id'?: string | undefined
    /** Which try it is, from 1. Unit: {attempt}. */
    readonly 'job.attempt'?: number | undefined
    /** Time that the job took. Unit: s. */
    readonly 'job.duration'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
  }
  /** A background job failed. */
  readonly 'job.failed': {
    /** Name of the job. */
    readonly 'job.name'?: string | undefined
    /** Id of the job. */
    readonly 'job.id'?: string | undefined
    /** Which try it is, from 1. Unit: {attempt}. */
    readonly 'job.attempt'?: number | undefined
    /** Time that the job took. Unit: s. */
    readonly 'job.duration'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
  }
  /** A background job started once more after a failure. */
  readonly 'job.retried': {
    /** Name of the job. */
    readonly 'job.name'?: string | undefined
    /** Id of the job. */
    readonly 'job.id'?: string | undefined
    /** Which try it is, from 1. Unit: {attempt}. */
    readonly 'job.attempt'?: number | undefined
    /** Time that the job took. Unit: s. */
    readonly 'job.duration'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
  }
  /** A WebSocket was opened. */
  readonly 'websocket.opened': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** The user of a WebSocket is known. */
  readonly 'websocket.authenticated': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A message came or went over a WebSocket. */
  readonly 'websocket.message': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A WebSocket sent more messages than it may. */
  readonly 'websocket.limited': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A WebSocket was closed. */
  readonly 'websocket.closed': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A WebSocket failed. */
  readonly 'websocket.error': {
    /** Id of the connection. */
    readonly 'websocket.connection.id'?: string | undefined
    /** Stable id of the user who acts. */
    readonly 'user.id'?: string | undefined
    /** Size of the message. Unit: By. */
    readonly 'message.size'?: number | undefined
    /** Which way the message went. */
    readonly 'message.direction'?: 'received' | 'sent' | undefined
    /** Code with which the connection was closed. */
    readonly 'close.code'?: number | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** A value that the application measures. */
  readonly 'performance.metric': {
    /** Name of the metric. */
    readonly 'metric.name'?: string | undefined
    /** Value of the metric. */
    readonly 'metric.value'?: number | undefined
    /** UCUM unit of the metric. */
    readonly 'metric.unit'?: string | undefined
    readonly [field: string]: unknown
  }
  /** An operation was timed. */
  readonly 'operation.timed': {
    /** Name of the operation. */
    readonly 'operation.name'?: string | undefined
    /** Time that the operation took. Unit: s. */
    readonly 'operation.duration'?: number | undefined
    /** Whether the operation took longer than it should. */
    readonly 'operation.slow'?: boolean | undefined
    /** How it ended. */
    readonly 'event.outcome'?: 'success' | 'failure' | 'unknown' | undefined
    /** Class or code of the error, of few distinct values. */
    readonly 'error.type'?: string | undefined
    readonly [field: string]: unknown
  }
  /** An error that nobody handled, or that was recorded for itself. */
  readonly 'exception': {
    /** Class of the error. */
    readonly 'exception.type'?: string | undefined
    /** Message of the error. */
    readonly 'exception.message'?: string | undefined
    /** Stack of the error with its causes. */
    readonly 'exception.stacktrace'?: string | undefined
    /** The error's or its provider's own code. */
    readonly 'error.code'?: string | undefined
    readonly [field: string]: unknown
  }
  /** The process started. */
  readonly 'process.started': {
    readonly [field: string]: unknown
  }
  /** The process ends. */
  readonly 'process.stopped': {
    /** Code with which the process ends. */
    readonly 'process.exit.code'?: number | undefined
    readonly [field: string]: unknown
  }
  /** An error that nobody handled ends the process. */
  readonly 'process.crashed': {
    /** Class of the error. */
    readonly 'exception.type'?: string | undefined
    /** Message of the error. */
    readonly 'exception.message'?: string | undefined
    /** Stack of the error with its causes. */
    readonly 'exception.stacktrace'?: string | undefined
    /** The error's or its provider's own code. */
    readonly 'error.code'?: string | undefined
    readonly [field: string]: unknown
  }
}

/** Event of each method, by logger. */
export interface EventMethods {
  readonly business: {
    readonly userRegistration: 'user.registration'
    readonly paymentAttempt: 'payment.attempt'
    readonly paymentAuthorization: 'payment.authorization'
    readonly paymentCapture: 'payment.capture'
    readonly paymentCompletion: 'payment.completion'
    readonly paymentRefund: 'payment.refund'
    readonly paymentDispute: 'payment.dispute'
    readonly paymentPayout: 'payment.payout'
    readonly subscriptionCreated: 'subscription.created'
    readonly subscriptionUpdated: 'subscription.updated'
    readonly subscriptionCanceled: 'subscription.canceled'
    readonly invoicePaid: 'invoice.paid'
    readonly invoicePaymentFailed: 'invoice.payment_failed'
    readonly creditsCharged: 'credits.charged'
    readonly creditsGranted: 'credits.granted'
    readonly fraudDetection: 'fraud.detection'
    readonly fraudAlert: 'fraud.alert'
    readonly kycVerification: 'kyc.verification'
    readonly webhookReceived: 'webhook.received'
    readonly event: 'business.event'
  }
  readonly security: {
    readonly loginSuccess: 'auth.login.success'
    readonly loginSuccessAfterFail: 'auth.login.success_after_fail'
    readonly loginFailure: 'auth.login.failure'
    readonly bruteforce: 'auth.bruteforce'
    readonly lockout: 'auth.lockout'
    readonly logout: 'auth.logout'
    readonly sessionCreated: 'auth.session.created'
    readonly sessionRenewed: 'auth.session.renewed'
    readonly sessionExpired: 'auth.session.expired'
    readonly sessionUseAfterExpire: 'auth.session.use_after_expire'
    readonly passwordChange: 'auth.password.change'
    readonly passwordChangeFailure: 'auth.password.change_failure'
    readonly passwordReset: 'auth.password.reset'
    readonly mfaChallenge: 'auth.mfa.challenge'
    readonly mfaSuccess: 'auth.mfa.success'
    readonly mfaFailure: 'auth.mfa.failure'
    readonly tokenCreated: 'auth.token.created'
    readonly tokenRevoked: 'auth.token.revoked'
    readonly tokenReuse: 'auth.token.reuse'
    readonly tokenDeleted: 'auth.token.deleted'
    readonly impossibleTravel: 'auth.impossible_travel'
    readonly denied: 'authz.denied'
    readonly authzChanged: 'authz.changed'
    readonly privilegeChanged: 'privilege.changed'
    readonly adminAccess: 'admin.access'
    readonly attackSqli: 'attack.sqli'
    readonly attackXss: 'attack.xss'
    readonly attackTraversal: 'attack.traversal'
    readonly attackCommand: 'attack.command'
    readonly attackNosql: 'attack.nosql'
    readonly attackJndi: 'attack.jndi'
    readonly attackProtoPollution: 'attack.proto_pollution'
    readonly attackSsrf: 'attack.ssrf'
    readonly attackTool: 'attack.tool'
    readonly attackProbe: 'attack.probe'
    readonly attackCardTesting: 'attack.card_testing'
    readonly limitExceeded: 'limit.exceeded'
    readonly ipBlocked: 'ip.blocked'
    readonly webhookSignatureFailure: 'webhook.signature_failure'
    readonly dataRead: 'data.read'
    readonly dataCreate: 'data.create'
    readonly dataUpdate: 'data.update'
    readonly dataDelete: 'data.delete'
    readonly suspiciousActivity: 'security.suspicious_activity'
    readonly incident: 'security.incident'
    readonly panFound: 'pan_found'
  }
  readonly audit: {
    readonly action: 'audit.action'
    readonly adminAction: 'audit.admin.action'
    readonly configChange: 'audit.config.change'
    readonly dataExport: 'audit.data.export'
    readonly financialAdjustment: 'audit.financial.adjustment'
    readonly access: 'audit.access'
    readonly retention: 'audit.retention'
    readonly started: 'audit.started'
    readonly stopped: 'audit.stopped'
    readonly dropped: 'audit.dropped'
    readonly keyRotated: 'audit.key_rotated'
  }
  readonly performance: {
    readonly httpRequest: 'http.request'
    readonly httpRequestSlow: 'http.request.slow'
    readonly metric: 'performance.metric'
    readonly operationTimed: 'operation.timed'
  }
  readonly technical: {
    readonly dbQuerySlow: 'db.query.slow'
    readonly dbQueryError: 'db.query.error'
    readonly dbPool: 'db.pool'
    readonly cacheOperation: 'cache.operation'
    readonly messagingOperation: 'messaging.operation'
    readonly externalCall: 'external.call'
    readonly jobStarted: 'job.started'
    readonly jobCompleted: 'job.completed'
    readonly jobFailed: 'job.failed'
    readonly jobRetried: 'job.retried'
    readonly websocketOpened: 'websocket.opened'
    readonly websocketAuthenticated: 'websocket.authenticated'
    readonly websocketMessage: 'websocket.message'
    readonly websocketLimited: 'websocket.limited'
    readonly websocketClosed: 'websocket.closed'
    readonly websocketError: 'websocket.error'
    readonly exception: 'exception'
    readonly processStarted: 'process.started'
    readonly processStopped: 'process.stopped'
    readonly processCrashed: 'process.crashed'
  }
}
