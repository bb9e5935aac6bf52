import {
  ATTR_CORRELATION_ID,
  ATTR_LOG_RECORD_UID,
  ATTR_PLUTUS_DATA_CLASS,
  ATTR_PLUTUS_EVENT_INVALID,
  ATTR_PLUTUS_KEEP,
  ATTR_PLUTUS_KEEP_HEAD,
  CATALOGUE,
} from '@plutus/conventions'

// OpenTelemetry's semantic conventions: what instrumentations and resource detectors write most.
const SEMANTIC = `
client.address client.port
cloud.account.id cloud.availability_zone cloud.platform cloud.provider cloud.region cloud.resource_id
code.column.number code.file.path code.function.name code.line.number code.stacktrace
container.id container.image.name container.image.tags container.name container.runtime
db.collection.name db.namespace db.operation.batch.size db.operation.name db.query.summary db.query.text
db.response.returned_rows db.response.status_code db.system.name
deployment.environment.name
error.type exception.escaped exception.message exception.stacktrace exception.type
host.arch host.id host.image.id host.name host.type
http.request.body.size http.request.method http.request.method_original http.request.resend_count
http.response.body.size http.response.status_code http.route
k8s.cluster.name k8s.container.name k8s.cronjob.name k8s.daemonset.name k8s.deployment.name k8s.job.name
k8s.namespace.name k8s.node.name k8s.pod.ip k8s.pod.name k8s.pod.uid k8s.replicaset.name k8s.statefulset.name
log.file.name log.file.path log.iostream
messaging.batch.message_count messaging.client.id messaging.consumer.group.name messaging.destination.name
messaging.destination.partition.id messaging.message.body.size messaging.message.id messaging.operation.name
messaging.operation.type messaging.system
network.local.address network.local.port network.peer.address network.peer.port network.protocol.name
network.protocol.version network.transport network.type
os.description os.name os.type os.version
peer.service
process.command process.command_args process.executable.name process.executable.path process.owner
process.parent_pid process.pid process.runtime.description process.runtime.name process.runtime.version
rpc.method rpc.response.status_code rpc.service rpc.system rpc.system.name
server.address server.port
service.instance.id service.name service.namespace service.version
session.id
telemetry.distro.name telemetry.distro.version telemetry.sdk.language telemetry.sdk.name telemetry.sdk.version
thread.id thread.name
url.fragment url.full url.path url.query url.scheme url.template
user.id user_agent.original
`

/** Names of attributes that everybody writes and that say nothing secret; what stands under them may be anything. */
export const KNOWN_NAMES: readonly string[] = [
  ...new Set([
    ...SEMANTIC.trim().split(/\s+/),
    ...CATALOGUE.flatMap(({ attributes }) => Object.keys(attributes)),
    ATTR_CORRELATION_ID,
    ATTR_LOG_RECORD_UID,
    ATTR_PLUTUS_DATA_CLASS,
    ATTR_PLUTUS_EVENT_INVALID,
    ATTR_PLUTUS_KEEP,
    ATTR_PLUTUS_KEEP_HEAD,
  ]),
].toSorted()
