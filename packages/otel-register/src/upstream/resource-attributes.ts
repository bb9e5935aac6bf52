import { readFileSync } from 'node:fs'
import { arch, hostname, platform, release, userInfo } from 'node:os'
import { basename } from 'node:path'
import type { Attributes } from '@opentelemetry/api'
import { DISTRO_NAME, readDistroVersion } from './distro.ts'
import { findMainPackage } from './main-package.ts'
import { findWorkingDirectory } from '../working-directory.ts'

/** Names of the detectors, as `OTEL_NODE_RESOURCE_DETECTORS` has them. */
export type DetectorName = 'all' | 'none' | 'env' | 'host' | 'os' | 'process' | 'service' | 'serviceinstance'

/** What configuration says about the resource. */
export interface ResourceSettings {
  readonly detectors: readonly DetectorName[]
  /** Attributes that were given, stronger than what is detected. */
  readonly attributes: Attributes
  /** `telemetry.sdk.*` of the engine. */
  readonly sdk: Attributes
}

/** What detectors look at, as it was when the process started. */
export interface ProgramPlace {
  /** `process.argv[1]` */
  readonly program: string | undefined
  readonly workingDirectory: string
}

/**
 * Describes the service, the process and the machine.
 *
 * Nothing here waits: no network is asked, and `host.id` is read only where it is a file. The arguments of the
 * command line are left out, other than by upstream's detector: they may hold passwords.
 */
export function describeResource(
  { detectors, attributes, sdk }: ResourceSettings,
  { program, workingDirectory }: ProgramPlace = { program: process.argv[1], workingDirectory: findWorkingDirectory() },
): Attributes {
  const wants = (name: DetectorName): boolean =>
    !detectors.includes('none') && (detectors.includes('all') || detectors.includes(name))
  const main = findMainPackage(program, workingDirectory)
  const all: Attributes = {
    'telemetry.sdk.language': 'nodejs',
    ...sdk,
    'telemetry.distro.name': DISTRO_NAME,
    'telemetry.distro.version': readDistroVersion(),
    'service.name': main.name ?? 'unknown_service:node',
    ...(main.version !== undefined && { 'service.version': main.version }),
    ...(wants('host') && detectHost()),
    ...(wants('os') && { 'os.type': OS_TYPES[platform()] ?? platform(), 'os.version': release() }),
    ...(wants('process') && detectProcess(program)),
    ...((wants('serviceinstance') || wants('service')) && { 'service.instance.id': crypto.randomUUID() }),
    ...attributes,
  }
  // The version of the package says nothing about a service that goes by another name.
  if (all['service.name'] !== main.name && !('service.version' in attributes)) delete all['service.version']
  return all
}

const ARCHITECTURES: Partial<Record<string, string>> = { arm: 'arm32', ppc: 'ppc32', x64: 'amd64' }
const OS_TYPES: Partial<Record<string, string>> = { sunos: 'solaris', win32: 'windows' }
const MACHINE_ID_FILES = ['/etc/machine-id', '/var/lib/dbus/machine-id']

function detectHost(): Attributes {
  const id = readMachineId()
  return {
    'host.name': hostname(),
    'host.arch': ARCHITECTURES[arch()] ?? arch(),
    ...(id !== undefined && { 'host.id': id }),
  }
}

function readMachineId(): string | undefined {
  if (platform() !== 'linux') return undefined
  for (const file of MACHINE_ID_FILES) {
    try {
      const id = readFileSync(file, 'utf8').trim()
      if (id !== '') return id
    } catch {
      // The next one, or none: containers often have neither.
    }
  }
  return undefined
}

function detectProcess(program: string | undefined): Attributes {
  return {
    'process.pid': process.pid,
    'process.executable.name': basename(process.execPath),
    'process.executable.path': process.execPath,
    ...(program !== undefined && { 'process.command': program }),
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'process.runtime.description': 'Node.js',
    ...readOwner(),
  }
}

/** A container may run under a user id that has no name; asking for it throws. */
function readOwner(): Attributes {
  try {
    return { 'process.owner': userInfo().username }
  } catch {
    return {}
  }
}
