/**
 * The working directory, or the root where it has been removed: a deployment may replace the folder that a service was
 * started from, and Node runs on without one. Throws nothing.
 */
export function findWorkingDirectory(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
