// Stays until the folder that the argument names holds as many files as it says, or for as many milliseconds; tells what
// the application sees of compile caches.
const { existsSync, readdirSync } = require('node:fs')
const { getCompileCacheDir } = require('node:module')
const [folder, millis = '20000', count = '1'] = process.argv.slice(2)

const files = () => (existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.bin')) : [])
const endsAt = performance.now() + Number(millis)
const look = () => {
  if (files().length < Number(count) && performance.now() < endsAt) return setTimeout(look, 20)
  return console.log(JSON.stringify({ files: files(), compileCache: getCompileCacheDir() ?? null }))
}
look()
