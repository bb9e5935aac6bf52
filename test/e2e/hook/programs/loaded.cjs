// Loads the modules that the arguments name, calls `fetch` if they name that, and prints which instrumentations that
// brought in.
const names = process.argv.slice(2)
for (const name of names) if (name !== 'fetch') require(name)
const print = () => {
  // The hook's files do not stay in the cache; the module that asked for them knows them.
  const modules = Object.values(require.cache).flatMap(({ children }) => children)
  const files = modules.map(({ filename }) => filename.replaceAll('\\', '/'))
  const found = files.flatMap((path) => /\/dist\/instrumentations\/(.+)\.cjs$/.exec(path)?.[1] ?? [])
  console.log(JSON.stringify(found.sort()))
}
if (names.includes('fetch')) fetch('http://127.0.0.1:65000').then(print, print)
else print()
