export { checkTls, readPemFile } from '@plutus/sdk'
