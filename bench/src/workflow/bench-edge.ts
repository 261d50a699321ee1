/** An edge as it is delivered, with its store on a disk and a device that benchmarks play. */
import { systemPorts } from '@holdfast/base';
import { edgeOptions, initEdge, noHardware, type RunningEdge, startEdge } from '@holdfast/edge';
import { createLogger, loadOptions } from '@holdfast/runtime';

/** Whether the PIN pad answers at once or never. */
export type PinPad = 'answers' | 'hangs';

type Hardware = NonNullable<NonNullable<Parameters<typeof startEdge>[0]['workflow']>['hardware']>;

/** Starts an edge that was never enrolled on the store in `folder`, which is made if need be. */
export async function startBenchEdge(folder: string, pinPad: PinPad): Promise<RunningEdge> {
  const flags = { data: folder, port: '0', 'log-level': 'error' };
  const options = loadOptions(edgeOptions, { env: {}, flags });
  const logger = createLogger({ level: options.logLevel, service: 'edge' });
  await initEdge({ options, ports: systemPorts });
  return await startEdge({ options, ports: systemPorts, logger, workflow: { hardware: hardwareOf(pinPad) } });
}

/** Loads the text of a definition. Throws when it has problems. */
export async function loadText({ context }: RunningEdge, text: string): Promise<void> {
  const loaded = await context.workflows.load(text);
  if (!loaded.ok) throw new Error(`a definition was refused: ${JSON.stringify(loaded.problems)}`);
}

function hardwareOf(pinPad: PinPad): Hardware {
  const verified = Promise.resolve({ kind: 'ok', output: { pin_verified: true } } as const);
  return {
    ...noHardware,
    verifyPin: () => (pinPad === 'answers' ? verified : new Promise<never>(() => undefined)),
  };
}
