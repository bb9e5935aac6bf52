import { workerData } from 'node:worker_threads'
import { runExportWorker } from '@plutus/sdk'
import type { ExportWorkerData } from '@plutus/sdk'

runExportWorker(workerData as ExportWorkerData)
