/** What `holdfast dev` was asked for: flags, checked, with their defaults. */
import { join, resolve } from 'node:path';
import { usage, wholeNumber } from '../check-words.ts';

/** The layout of a run. Paths are absolute. */
export type DevOptions = {
  folder: string;
  hub: { port: number; folder: string; configFile: string };
  edges: readonly DevEdge[];
  logsFolder: string;
  /** Undefined: the PostgreSQL inside npm, in the hub's folder. */
  databaseUrl: string | undefined;
};

/** One edge of a run. */
export type DevEdge = {
  /** `edge-1`; also the name of its device. */
  name: string;
  port: number;
  folder: string;
  configFile: string;
  /** The location it belongs to, from 1: the first two edges share one. */
  location: number;
};

export const DEV_DEFAULTS = {
  data: './.holdfast',
  'hub-port': '4000',
  'edge-port': '4100',
  edges: '1',
} as const;
const EDGES_MAX = 32;

/** The layout for the flags. Throws AppError `usage` for what is no port, and for ports that meet. */
export function devOptions(
  flags: Readonly<Record<keyof typeof DEV_DEFAULTS, string>>,
  { cwd, databaseUrl }: { cwd: string; databaseUrl: string | undefined },
): DevOptions {
  const folder = resolve(cwd, flags.data);
  const hubPort = wholeNumber('--hub-port', flags['hub-port'], { min: 1, max: 65_535 });
  const edgePort = wholeNumber('--edge-port', flags['edge-port'], { min: 1, max: 65_535 });
  const edges = wholeNumber('--edges', flags.edges, { min: 1, max: EDGES_MAX });
  if (edgePort + edges - 1 > 65_535) throw usage('The last edge would need a port above 65535.');
  if (hubPort >= edgePort && hubPort < edgePort + edges)
    throw usage(
      `Port ${hubPort} is asked for by the hub and by an edge; choose another --hub-port or --edge-port.`,
    );
  const hubFolder = join(folder, 'hub');
  return {
    folder,
    hub: { port: hubPort, folder: hubFolder, configFile: join(hubFolder, 'hub.toml') },
    edges: Array.from({ length: edges }, (_, index) => {
      const name = `edge-${index + 1}`;
      const edgeFolder = join(folder, name);
      return {
        name,
        port: edgePort + index,
        folder: edgeFolder,
        configFile: join(edgeFolder, 'edge.toml'),
        location: Math.max(1, index),
      };
    }),
    logsFolder: join(folder, 'logs'),
    databaseUrl: databaseUrl === '' ? undefined : databaseUrl,
  };
}
