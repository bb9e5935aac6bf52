import express from 'express'
import run from './apps/express.cjs'

await run(express)
