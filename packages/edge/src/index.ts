export { type EdgeOptions, edgeOptions, SYNC_TRIGGERS, type SyncTrigger } from './config/options.ts';
export { SOFTWARE_VERSION } from './context.ts';
export { initEdge } from './init.ts';
export { type EdgePaths, pathsOf } from './paths.ts';
export { type RunningEdge, startEdge } from './start.ts';
