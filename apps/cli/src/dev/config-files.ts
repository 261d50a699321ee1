/**
 * The configuration files of a run. They make every part of it startable alone; what an operator changes in them
 * stays, but for what the flags of `holdfast dev` decide.
 */
import { edgeOptions } from '@holdfast/edge';
import { hubOptions } from '@holdfast/hub';
import { readOrEmpty, writeConfig } from '../config/config-file.ts';
import { setTomlValue, type TomlValue } from '../config/edit-toml.ts';
import { renderConfig } from '../config/render-config.ts';
import type { DevEdge, DevOptions } from './dev-options.ts';

/** Writes `hub.toml`. */
export async function writeHubConfig({ hub }: Pick<DevOptions, 'hub'>): Promise<void> {
  await update(hub.configFile, { 'data.folder': hub.folder, 'http.port': hub.port }, (values) =>
    renderConfig(hubOptions, { title: 'Configuration of the hub that `holdfast dev` runs.', values }),
  );
}

/** Writes the `edge.toml` of one edge. */
export async function writeEdgeConfig(
  edge: DevEdge,
  { hubUrl, tillFolder }: { hubUrl: string; tillFolder: string | undefined },
): Promise<void> {
  const decided = {
    'data.folder': edge.folder,
    'http.port': edge.port,
    'hub.url': hubUrl,
    'device.name': edge.name,
    ...(tillFolder !== undefined && { 'till.folder': tillFolder }),
  };
  await update(edge.configFile, decided, (values) =>
    renderConfig(edgeOptions, {
      title: `Configuration of ${edge.name}, one edge that \`holdfast dev\` runs.`,
      // A new one has devices to try; who has others takes them out of the file.
      values: { ...values, 'hardware.simulated': true },
    }),
  );
}

async function update(
  path: string,
  decided: Readonly<Record<string, TomlValue>>,
  render: (values: Readonly<Record<string, TomlValue>>) => string,
): Promise<void> {
  const before = await readOrEmpty(path);
  let text = before === '' ? render(decided) : before;
  for (const [key, value] of Object.entries(decided)) text = setTomlValue(text, key, value);
  if (text !== before) await writeConfig(path, text);
}
