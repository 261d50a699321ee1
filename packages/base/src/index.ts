export { AssertionError, assert, must, unreachable } from './assert.ts';
export {
  AppError,
  type AppErrorOptions,
  CODES,
  type CodeSpec,
  type ErrorCode,
  type Fault,
  faultsOf,
  isAppError,
  type Retry,
} from './errors.ts';
export { isUuid, isUuidV7, randomId, toHex, uuidV7, uuidV8 } from './ids.ts';
export { LIMITS } from './limits.ts';
export type { Cancel, Clock, Ports, Random, Timers } from './ports.ts';
export { backoffMs, type OnServiceFailure, type Service, supervise } from './service.ts';
export { systemClock, systemPorts, systemRandom, systemTimers } from './system.ts';
export { createVirtualPorts, type VirtualPorts } from './virtual.ts';
