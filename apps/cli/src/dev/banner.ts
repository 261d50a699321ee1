/** What `holdfast dev` says when everything runs: where things are, how to sign in, what to try. */
import { relative } from 'node:path';
import type { Paint } from '../shell/shell.ts';
import { columns } from '../text.ts';

/** A running installation; also what `--json` prints. */
export type DevReport = {
  folder: string;
  logs_folder: string;
  ready_ms: number;
  hub: { url: string; docs_url: string; token_file: string; config_file: string };
  edges: {
    name: string;
    url: string;
    /** Pairs the browser that opens it; null where the till has not been built. */
    till_url: string | null;
    docs_url: string;
    token_file: string;
    config_file: string;
    store_id: string;
    store_name: string;
    pairing_code: string;
  }[];
  staff: { staff_id: string; name: string; role: string; pin: string }[];
  /** A body for `POST /edge/transactions`. */
  example_sale: {
    cashier_id: string;
    items: { sku: string; name: string; quantity: number; unit_price: string }[];
  };
};

/** The banner; paths are shown from `cwd`. */
export function renderBanner(report: DevReport, { paint, cwd }: { paint: Paint; cwd: string }): string {
  const near = (path: string) => shorter(relative(cwd, path) || '.', path);
  const { hub, edges, staff } = report;
  const tills = edges.map((edge) => [
    'Till',
    edge.till_url === null ? 'not built; see the logs' : paint.cyan(edge.till_url),
    `${edge.store_name} (${edge.store_id}), ${edge.name}`,
  ]);
  const edgeRows = edges.map((edge) => [
    'Edge API',
    paint.cyan(edge.docs_url),
    `token in ${near(edge.token_file)}`,
  ]);
  const people = staff.map(
    ({ name, pin, role }) => `${name} ${paint.bold(pin)}${role === 'cashier' ? '' : ` (${role})`}`,
  );
  return [
    '',
    `${paint.bold(paint.green('Holdfast is running'))} ${paint.dim(`after ${(report.ready_ms / 1000).toFixed(1)} s`)}`,
    '',
    columns(
      [...tills, ...edgeRows, ['Hub API', paint.cyan(hub.docs_url), `token in ${near(hub.token_file)}`]],
      '  ',
    ),
    columns(
      [
        ['Sign in ', people.join(', ')],
        ['Logs', near(report.logs_folder)],
      ],
      '  ',
    ),
    '',
    paint.bold('What to try'),
    ...thingsToTry(report, near).map((line) => `  ${line}`.trimEnd()),
    '',
    paint.dim('Ctrl-C stops everything.'),
    '',
  ].join('\n');
}

function thingsToTry(report: DevReport, near: (path: string) => string): string[] {
  const { hub, edges, staff, example_sale: sale } = report;
  const [edge] = edges;
  if (edge === undefined) return [];
  const auth = `-H "Authorization: Bearer $(cat ${near(edge.token_file)})" -H 'Content-Type: application/json'`;
  return [
    `1. Sell: open the till, sign in as ${staff[0]?.name ?? 'anybody'}, tap an article, pay in cash. Or without a browser:`,
    `   curl -sS ${edge.url}/edge/transactions ${auth} \\`,
    `     -d '${JSON.stringify(sale)}'`,
    '2. Pull the plug: flip the switch in the strip of the till, or do it here; sell on, then let go with "auto":',
    `   curl -sS -X PUT ${edge.url}/api/v1/link ${auth} -d '{"mode":"offline"}'`,
    `   npm run holdfast -- queue --config ${near(edge.config_file)}`,
    '3. Press Ctrl-C, or kill -9 whatever you like, and start again: every sale is there, once.',
    `   npm run holdfast -- reconcile --config ${near(hub.config_file)}`,
  ];
}

function shorter(a: string, b: string): string {
  return a.length <= b.length ? a : b;
}
