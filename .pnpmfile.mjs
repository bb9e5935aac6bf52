// The node-<platform> packages give `os` and `cpu` as strings. pnpm keeps only lists in its lockfile,
// and then every platform's Node would be downloaded everywhere.
const NODE_BINARY = /^node-(?:bin-)?(?:linux|darwin|win)-(?:x64|arm64)$/

export const hooks = {
  readPackage(manifest) {
    if (!NODE_BINARY.test(manifest.name)) return manifest
    return { ...manifest, os: [manifest.os].flat(), cpu: [manifest.cpu].flat() }
  },
}
