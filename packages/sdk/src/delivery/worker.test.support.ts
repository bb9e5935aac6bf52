import { workerData } from 'node:worker_threads'
import { runExportWorker } from './export-worker.ts'
import type { ExportWorkerData } from './export-messages.ts'

// The export thread, for tests of the main thread's side.
runExportWorker(workerData as ExportWorkerData)
