export * from './common.ts';
export * from './entry.ts';
export * from './identity.ts';
export * from './intake.ts';
export * from './lanes.ts';
export * from './status.ts';
export * from './sync.ts';
export * from './version.ts';
