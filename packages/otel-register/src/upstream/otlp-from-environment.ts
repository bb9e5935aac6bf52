export { otlpSettings, showOrigin } from '@plutus/sdk'
