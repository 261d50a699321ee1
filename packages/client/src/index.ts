export {
  createEdgeClient,
  createHubOperatorClient,
  type EdgeClient,
  type HubOperatorClient,
} from './bearer.ts';
export { createDrill, type Drill } from './drill.ts';
export type { EntriesPage, PulledEntry } from './entries-page.ts';
export { createHubForDevice, type HubForDevice } from './hub-device.ts';
export {
  fetchTransport,
  LinkError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
export type { WorkflowClient, WorkflowQuery } from './workflow-calls.ts';
