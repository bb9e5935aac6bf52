import { run } from './ways.cjs'

run(process.argv[2], import.meta.filename)
