import 'reflect-metadata' // oxlint-disable-line import/no-unassigned-import -- it extends Reflect
import * as common from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import run from './apps/nest.cjs'

await run({ NestFactory }, common)
