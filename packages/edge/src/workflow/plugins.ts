/**
 * The plug-ins of an edge: models and modules from its folders. Nothing of them is loaded before a step needs them, and
 * their threads end with the edge.
 */
import type { Ports } from '@holdfast/base';
import type { inferenceCalls, wasmCalls } from '@holdfast/plugins';
import type { Logger } from '@holdfast/runtime';

/** How steps that plug-ins carry out are called, by their type. */
export type Plugins = {
  AI_INFERENCE: ReturnType<typeof inferenceCalls>;
  WASM: ReturnType<typeof wasmCalls>;
};

export type PluginsOptions = {
  /** Holds the models; one that is not there holds none. */
  models: string;
  /** Holds the modules; one that is not there holds none. */
  modules: string;
  ports: Ports;
  logger: Logger;
};

type Loaded = Plugins & { close(): Promise<void> };

/** Plug-ins that are loaded by the first call. `close` calls off what is under way, and must come last. */
export function createPlugins(options: PluginsOptions): Loaded {
  const { clock } = options.ports;
  let loading: Promise<Loaded> | undefined;
  const loaded = async (timeoutMs: number | null) => {
    const beganMs = clock.monotonicMs();
    loading ??= load(options);
    const plugins = await loading;
    // Whoever waits has waited for that, too.
    const leftMs = timeoutMs === null ? null : timeoutMs - (clock.monotonicMs() - beganMs);
    return { plugins, timeoutMs: leftMs };
  };
  return {
    async AI_INFERENCE(call) {
      const { plugins, timeoutMs } = await loaded(call.timeoutMs);
      return await plugins.AI_INFERENCE({ ...call, timeoutMs });
    },
    async WASM(call) {
      const { plugins, timeoutMs } = await loaded(call.timeoutMs);
      return await plugins.WASM({ ...call, timeoutMs });
    },
    async close() {
      await (await loading)?.close();
    },
  };
}

async function load({ models, modules, ports, logger }: PluginsOptions): Promise<Loaded> {
  const { createInference, createWasm, inferenceCalls, wasmCalls } = await import('@holdfast/plugins');
  const inference = createInference({ folder: models, ports });
  const wasm = createWasm({
    ...{ folder: modules, ports },
    onStderr: (said) => logger.info(said, 'a module wrote to its standard error'),
  });
  return {
    AI_INFERENCE: inferenceCalls(inference),
    WASM: wasmCalls(wasm),
    async close() {
      await Promise.all([inference.close(), wasm.close()]);
    },
  };
}
