export { ExportPipeline } from '@plutus/sdk'
