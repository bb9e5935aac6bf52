/* oxlint-disable import/no-unassigned-import -- loading it is the point */
/* oxlint-disable typescript/no-extraneous-class -- Nest asks for classes */
// Requires packages that are ES modules only.
require('reflect-metadata')
const { Controller, Get, Module } = require('@nestjs/common')
const { NestFactory } = require('@nestjs/core')
const { askOnce } = require('./ask.cjs')

class Cats {
  list() {
    return 'cats'
  }
}
Get('all')(Cats.prototype, 'list', Object.getOwnPropertyDescriptor(Cats.prototype, 'list'))
Controller('cats')(Cats)
class App {}
Module({ controllers: [Cats] })(App)
async function main() {
  const app = await NestFactory.create(App, { logger: false })
  await app.init()
  await askOnce(app.getHttpServer(), '/cats/all')
  await app.close()
}
void main()
