/** The edge's options, each described once: file, environment, flags and the reference page are made from this table. */
import { LIMITS } from '@holdfast/base';
import { isCurrency } from '@holdfast/money';
import { defineOptions, type OptionValues } from '@holdfast/runtime';
import { z } from 'zod';
import { CIPHERS } from '../store/open.ts';

/** What may cause a push. */
export const SYNC_TRIGGERS = ['connectivity', 'schedule', 'idle'] as const;
export type SyncTrigger = (typeof SYNC_TRIGGERS)[number];

const TimeZone = z
  .string()
  .refine(
    (zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC',
    'an IANA time zone such as Europe/Stockholm is expected',
  );

export const edgeOptions = defineOptions({
  dataFolder: {
    key: 'data.folder',
    env: 'HOLDFAST_EDGE_DATA',
    flag: '--data',
    schema: z.string().min(1),
    default: './.holdfast/edge-1',
    describe: 'Folder of the store, its key file and the API token; one process at a time.',
  },
  host: {
    key: 'http.host',
    env: 'HOLDFAST_EDGE_HOST',
    flag: '--host',
    schema: z.string().min(1),
    default: '127.0.0.1',
    describe: 'Address to listen on. Anything but loopback needs TLS or `--insecure-lan`.',
  },
  port: {
    key: 'http.port',
    env: 'HOLDFAST_EDGE_PORT',
    flag: '--port',
    schema: z.number().int().min(0).max(65_535),
    default: 4100,
    describe: 'Port to listen on; 0 takes any free one.',
  },
  tlsCert: {
    key: 'tls.cert',
    env: 'HOLDFAST_TLS_CERT',
    flag: '--tls-cert',
    schema: z.string().optional(),
    describe: 'PEM file with the certificate chain.',
  },
  tlsKey: {
    key: 'tls.key',
    env: 'HOLDFAST_TLS_KEY',
    flag: '--tls-key',
    schema: z.string().optional(),
    describe: 'PEM file with the key of the certificate.',
  },
  insecureLan: {
    key: 'http.insecure_lan',
    env: 'HOLDFAST_INSECURE_LAN',
    flag: '--insecure-lan',
    schema: z.boolean(),
    default: false,
    describe: 'Listen beyond loopback without TLS: everybody on the network can read tokens.',
  },
  hubUrl: {
    key: 'hub.url',
    env: 'HOLDFAST_HUB_URL',
    flag: '--hub-url',
    schema: z.url({ protocol: /^https?$/ }).optional(),
    describe: 'Where the hub is; without it, where the edge was enrolled.',
  },
  claimToken: {
    key: 'hub.claim_token',
    env: 'HOLDFAST_CLAIM_TOKEN',
    flag: '--claim-token',
    schema: z.string().min(1).optional(),
    describe: 'One-use token of the hub; an edge that is not enrolled enrols itself with it at its start.',
    secret: true,
  },
  deviceName: {
    key: 'device.name',
    env: 'HOLDFAST_DEVICE_NAME',
    flag: '--device-name',
    schema: z.string().min(1).max(128),
    default: 'edge',
    describe: 'Name of this device in the fleet.',
  },
  storeId: {
    key: 'store.id',
    env: 'HOLDFAST_STORE_ID',
    flag: '--store-id',
    schema: z.string().min(1).max(128),
    default: 'STORE-1',
    describe: 'The store, until enrolment says which one it is.',
  },
  currency: {
    key: 'store.currency',
    env: 'HOLDFAST_CURRENCY',
    flag: '--currency',
    schema: z.string().refine(isCurrency, 'an ISO 4217 code is expected'),
    default: 'SEK',
    describe: 'Currency of the store, until enrolment says it.',
  },
  timeZone: {
    key: 'store.time_zone',
    env: 'HOLDFAST_TIME_ZONE',
    flag: '--time-zone',
    schema: TimeZone,
    default: 'Europe/Stockholm',
    describe: 'Time zone of receipts, until enrolment says it.',
  },
  locale: {
    key: 'store.locale',
    env: 'HOLDFAST_LOCALE',
    flag: '--locale',
    schema: z
      .string()
      .refine(
        (tag) => Intl.NumberFormat.supportedLocalesOf(tag).length > 0,
        'a language tag such as sv-SE is expected',
      ),
    default: 'en-GB',
    describe: 'Language and number format of receipts.',
  },
  keyFile: {
    key: 'key.file',
    env: 'HOLDFAST_KEY_FILE',
    flag: '--key-file',
    schema: z.string().min(1).optional(),
    describe: 'Key file of the store; `store.key` in the data folder unless said otherwise.',
  },
  keyPassphrase: {
    key: 'key.passphrase',
    env: 'HOLDFAST_KEY_PASSPHRASE',
    flag: '--key-passphrase',
    schema: z.string().min(1).optional(),
    describe: 'Passphrase of the key file, if it has one.',
    secret: true,
  },
  cipher: {
    key: 'store.cipher',
    env: 'HOLDFAST_CIPHER',
    flag: '--cipher',
    schema: z.enum(CIPHERS),
    default: 'chacha20',
    describe: 'Page cipher of a store; both authenticate every page.',
  },
  reserveBytes: {
    key: 'store.reserve_bytes',
    env: 'HOLDFAST_RESERVE_BYTES',
    flag: '--reserve-bytes',
    schema: z.number().int().min(0),
    default: LIMITS.reserveBytes,
    describe: 'Disk space kept back for sales alone, in bytes.',
  },
  freeBytesMin: {
    key: 'store.free_bytes_min',
    env: 'HOLDFAST_FREE_BYTES_MIN',
    flag: '--free-bytes-min',
    schema: z.number().int().min(0),
    default: LIMITS.freeBytesMin,
    describe:
      'Below this much free disk space, in bytes, the reserve is given back, and then sales are refused.',
  },
  syncStrategy: {
    key: 'sync.strategy',
    env: 'HOLDFAST_SYNC_STRATEGY',
    flag: '--sync-strategy',
    schema: z.array(z.enum(SYNC_TRIGGERS)).min(1),
    default: [...SYNC_TRIGGERS],
    describe:
      'What may cause a push: `connectivity` (as soon as the link is up and something waits), `schedule`, `idle`.',
  },
  scheduleSeconds: {
    key: 'sync.schedule_seconds',
    env: 'HOLDFAST_SYNC_SCHEDULE_SECONDS',
    flag: '--sync-schedule-seconds',
    schema: z.number().min(1),
    default: 300,
    describe: 'Time between scheduled pushes, in seconds.',
  },
  idleSeconds: {
    key: 'sync.idle_seconds',
    env: 'HOLDFAST_SYNC_IDLE_SECONDS',
    flag: '--sync-idle-seconds',
    schema: z.number().min(0.1),
    default: 5,
    describe: 'Time without a sale after which the edge counts as idle, in seconds.',
  },
  pollSeconds: {
    key: 'sync.poll_seconds',
    env: 'HOLDFAST_SYNC_POLL_SECONDS',
    flag: '--sync-poll-seconds',
    schema: z.number().min(1),
    default: 30,
    describe: 'Time between looks at the feed and heartbeats while the link is up, in seconds; jittered.',
  },
  retentionDays: {
    key: 'store.retention_days',
    env: 'HOLDFAST_RETENTION_DAYS',
    flag: '--retention-days',
    schema: z.number().min(0),
    default: 30,
    describe:
      'How long the contents of sales stay here once the hub holds them safely, in days; 0 lets them go at once.',
  },
  workflowFolder: {
    key: 'workflow.folder',
    env: 'HOLDFAST_WORKFLOW_FOLDER',
    flag: '--workflow-folder',
    schema: z.string().min(1).optional(),
    describe: 'Folder of workflow definitions, `*.yaml`; `workflows` in the data folder unless given.',
  },
  workflowModelFolder: {
    key: 'workflow.model_folder',
    env: 'HOLDFAST_WORKFLOW_MODEL_FOLDER',
    flag: '--workflow-model-folder',
    schema: z.string().min(1).optional(),
    describe:
      'Folder of models for AI_INFERENCE steps, `*.onnx` and `*.json`; `models` in the data folder unless given.',
  },
  workflowModuleFolder: {
    key: 'workflow.module_folder',
    env: 'HOLDFAST_WORKFLOW_MODULE_FOLDER',
    flag: '--workflow-module-folder',
    schema: z.string().min(1).optional(),
    describe: 'Folder of modules for WASM steps, `<sha256>.wasm`; `modules` in the data folder unless given.',
  },
  workflowSecrets: {
    key: 'workflow.secrets',
    env: 'HOLDFAST_WORKFLOW_SECRETS',
    flag: '--workflow-secrets',
    schema: z.array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/)),
    default: [],
    describe:
      'Names of secrets that requests of workflows may hold; `TOKEN` is taken from the environment variable `HOLDFAST_SECRET_TOKEN`.',
  },
  workflowHttpHosts: {
    key: 'workflow.http_hosts',
    env: 'HOLDFAST_WORKFLOW_HTTP_HOSTS',
    flag: '--workflow-http-hosts',
    schema: z.array(
      z
        .string()
        .regex(
          /^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/,
          'a host in lower case, with its port',
        ),
    ),
    default: [],
    describe:
      'Hosts that workflows may call, such as `api.example.com` at the port of its scheme or `10.0.0.7:8080`; none unless named.',
  },
  workflowRetentionDays: {
    key: 'workflow.retention_days',
    env: 'HOLDFAST_WORKFLOW_RETENTION_DAYS',
    flag: '--workflow-retention-days',
    schema: z.number().min(1),
    default: 90,
    describe: 'How long workflows that have ended stay here with their timelines, in days.',
  },
  hardwareSimulated: {
    key: 'hardware.simulated',
    env: 'HOLDFAST_HARDWARE_SIMULATED',
    flag: '--hardware-simulated',
    schema: z.boolean(),
    default: false,
    describe:
      'Whether the till has simulated devices: card reader, PIN pad, printer, display, cash dispenser, and cards to pay with.',
  },
  printer: {
    key: 'hardware.printer',
    env: 'HOLDFAST_PRINTER',
    flag: '--printer',
    schema: z
      .string()
      .regex(/^[^\s:/]+(:\d{1,5})?$|^\[[0-9a-f:.]+\](:\d{1,5})?$/i, 'a host with its port is expected')
      .optional(),
    describe: 'Receipt printer on the network, such as `10.0.0.20:9100`; port 9100 unless given.',
  },
  printerWidth: {
    key: 'hardware.printer_width',
    env: 'HOLDFAST_PRINTER_WIDTH',
    flag: '--printer-width',
    schema: z.enum(['32', '42', '48']),
    default: '42',
    describe: 'Characters in a line of the receipt printer.',
  },
  floorLimit: {
    key: 'payment.floor_limit',
    env: 'HOLDFAST_FLOOR_LIMIT',
    flag: '--floor-limit',
    schema: z.string().regex(/^\d{1,12}(\.\d{1,4})?$/, 'an amount such as 500.00 is expected'),
    default: '500',
    describe:
      'Amount in the currency of the store at which a card must be authorised online, its last payment here included.',
  },
  country: {
    key: 'store.country',
    env: 'HOLDFAST_COUNTRY',
    flag: '--country',
    schema: z.string().regex(/^\d{3}$/, 'three digits of ISO 3166 are expected'),
    default: '752',
    describe: 'Country of the store, as the numeric code of ISO 3166; cards ask for it.',
  },
  tillFolder: {
    key: 'till.folder',
    env: 'HOLDFAST_TILL_FOLDER',
    flag: '--till-folder',
    schema: z.string().min(1).optional(),
    describe: 'Built till to serve at `/`.',
  },
  logLevel: {
    key: 'log.level',
    env: 'HOLDFAST_LOG_LEVEL',
    flag: '--log-level',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    describe: 'Least severe kind of line that is logged.',
  },
});

export type EdgeOptions = OptionValues<typeof edgeOptions>;
