export { createMeterProvider } from '@plutus/sdk'
