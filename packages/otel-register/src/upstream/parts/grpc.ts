export { createGrpcTransport } from '@plutus/sdk'
