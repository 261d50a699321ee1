export { SOFTWARE_VERSION } from './api/version.ts';
export { type HubOptions, hubOptions } from './config/options.ts';
export type { HubContext } from './context.ts';
export { DEMO_CATALOGUE } from './demo/catalogue.ts';
export { DEMO_STAFF, DEMO_STORE, DEMO_TENANT_NAME, seedDemo } from './demo/seed-demo.ts';
export { type EmbeddedPostgres, type PostgresExit, startEmbeddedPostgres } from './postgres/embedded.ts';
export { type TestDatabase, withTestDatabase } from './postgres/testing.ts';
export { type RunningHub, startHub } from './start.ts';
