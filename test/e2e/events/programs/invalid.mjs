import { business, security, technical } from '@plutus/events'

const circle = {}
circle.self = circle
const broken = {
  get 'payment.id'() {
    throw new Error('no')
  },
}

business.paymentAttempt({ 'payment.id': 'p1', 'payment.amount': 12.5, 'payment.currency': 'EUR' })
business.paymentAttempt({ 'payment.id': 'p2', 'payment.amount': 1, 'payment.currency': 'XYZ' })
business.paymentAttempt({ 'payment.id': 'p3', 'payment.amount': 1 })
business.paymentAttempt({ 'payment.id': 'p4', 'payment.amount': 1, 'payment.currency': 'EUR', 'payment.colour': 'red' })
business.paymentAttempt(broken)
security.loginFailure({ 'auth.failure.reason': circle })
technical.jobStarted({ 'job.name': Symbol('mail') })
business.paymentAttempt(undefined)
business.paymentAttempt({ 'payment.id': 'p5', 'payment.amount': 1, 'payment.currency': 'EUR' })
console.log('ran')
