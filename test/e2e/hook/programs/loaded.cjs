// Loads the modules that the arguments name and prints which instrumentations that brought in.
for (const name of process.argv.slice(2)) require(name)
// The hook's files do not stay in the cache; the module that asked for them knows them.
const modules = Object.values(require.cache).flatMap(({ children }) => children)
const files = modules.map(({ filename }) => filename.replaceAll('\\', '/'))
const names = files.flatMap((path) => /\/dist\/instrumentations\/(.+)\.cjs$/.exec(path)?.[1] ?? [])
console.log(JSON.stringify(names.sort()))
