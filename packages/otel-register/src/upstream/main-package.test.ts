import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { findMainPackage } from './main-package.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'plutus-main-package-'))
})

afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

const write = (path: string, manifest: unknown): void => {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, typeof manifest === 'string' ? manifest : JSON.stringify(manifest))
}

it('takes name and version from the package that the program is in', () => {
  write('shop/package.json', { name: 'shop', version: '1.2.3' })
  expect(findMainPackage(join(root, 'shop/src/deep/main.js'), '/')).toEqual({ name: 'shop', version: '1.2.3' })
})

it('passes by packages without a name and files that are not JSON', () => {
  write('shop/package.json', { name: 'shop' })
  write('shop/src/package.json', { type: 'module' })
  write('shop/src/deep/package.json', '{')
  expect(findMainPackage(join(root, 'shop/src/deep/main.js'), '/')).toEqual({ name: 'shop' })
})

it('asks the working directory when a tool of node_modules runs the application, or no file does', () => {
  write('shop/package.json', { name: 'shop' })
  write('shop/node_modules/runner/package.json', { name: 'runner' })
  const folder = join(root, 'shop')
  expect(findMainPackage(join(folder, 'node_modules/runner/bin.js'), folder)).toEqual({ name: 'shop' })
  expect(findMainPackage(undefined, folder)).toEqual({ name: 'shop' })
})
