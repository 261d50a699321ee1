/** DBOS Transact in this process, as its documentation starts it: on PostgreSQL, and silent but for errors. */
import { requirePeer } from '../peers/install.ts';

/** The part of `@dbos-inc/dbos-sdk` that is used here. */
export type Dbos = {
  setConfig(config: object): void;
  launch(): Promise<void>;
  shutdown(): Promise<void>;
  registerWorkflow<A extends unknown[], R>(
    run: (...args: A) => Promise<R>,
    config: { name: string },
  ): (...args: A) => Promise<R>;
  startWorkflow<A extends unknown[], R>(run: (...args: A) => Promise<R>): (...args: A) => Promise<unknown>;
  runStep<R>(run: () => Promise<R>, config: { name: string }): Promise<R>;
  sleep(durationMs: number): Promise<void>;
  recv(topic: string, timeoutSeconds: number): Promise<unknown>;
};

/** The SDK with its database named; workflows are to be registered before it is launched. */
export function configureDbos(databaseUrl: string): Dbos {
  const { DBOS } = requirePeer('workflow', '@dbos-inc/dbos-sdk') as { DBOS: Dbos }; // A package of another folder has no types here.
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: databaseUrl,
    // Recovery takes up workflows of the same version alone; without one it is made from the code.
    applicationVersion: '1',
    logLevel: 'error',
  });
  return DBOS;
}
