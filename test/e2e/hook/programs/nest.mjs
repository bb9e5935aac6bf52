/* oxlint-disable import/no-unassigned-import -- loading it is the point */
/* oxlint-disable typescript/no-extraneous-class -- Nest asks for classes */
import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { askOnce } from './ask.cjs'

class Cats {
  list() {
    return 'cats'
  }
}
Get('all')(Cats.prototype, 'list', Object.getOwnPropertyDescriptor(Cats.prototype, 'list'))
Controller('cats')(Cats)
class App {}
Module({ controllers: [Cats] })(App)
const app = await NestFactory.create(App, { logger: false })
await app.init()
await askOnce(app.getHttpServer(), '/cats/all')
await app.close()
