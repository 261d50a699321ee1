export { type Api, type ApiOptions, createApi } from './api.ts';
export { parseJson } from './body.ts';
export { check } from './check.ts';
export { type Environment, parseDotEnv, readEnvironment } from './environment.ts';
export { ensureFolder, syncFile, syncFolder, writeFileDurably } from './files.ts';
export { bad, type Finding, type FindingState, good, warning, worstOf } from './finding.ts';
export { type Fetchable, isLoopback, type Listener, type ListenOptions, listen } from './listen.ts';
export { type FolderLock, lockFolder } from './lock.ts';
export {
  createLogger,
  DO_NOT_LOG,
  type Logger,
  type LoggerOptions,
  type LogLevel,
  serializeError,
} from './logger.ts';
export {
  type Collect,
  type Counter,
  createMetrics,
  type Gauge,
  type Histogram,
  type Labels,
  METRICS_CONTENT_TYPE,
  type Metrics,
  type Sample,
} from './metrics.ts';
export { nearest } from './nearest.ts';
export type { SecurityScheme } from './openapi.ts';
export {
  defineOptions,
  describeOptions,
  loadOptions,
  type Option,
  type OptionSources,
  type OptionTable,
  type OptionValues,
} from './options.ts';
export { ERROR_TYPE_BASE, SECURITY_HEADERS, toProblem } from './problem.ts';
export { onHangup, runProcess } from './process.ts';
export type {
  ApiEnv,
  PrincipalShape,
  RawBodySpec,
  ResponseSpec,
  RouteAnswer,
  RouteHandler,
  RouteInput,
  RouteSpec,
} from './route.ts';
