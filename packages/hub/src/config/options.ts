/**
 * Every option of the hub, described once: flags, environment, help and the reference page are made from this table.
 */
import { defineOptions, type OptionValues } from '@holdfast/runtime';
import { z } from 'zod';

const Path = z.string().min(1);
const Port = z.number().int().min(0).max(65_535);

/** Host, with a port unless it is that of the scheme, as a Host header says it. */
const Authority = z
  .string()
  .regex(/^[A-Za-z0-9._:[\]-]{1,255}$/, 'expected a host such as hub.example.com or hub.lan:4000');

export const hubOptions = defineOptions({
  data: {
    key: 'data.folder',
    env: 'HOLDFAST_HUB_DATA',
    flag: '--data',
    schema: Path,
    default: './.holdfast/hub',
    describe: 'Folder of keys, the operator token and, without a database.url, of the embedded PostgreSQL.',
  },
  host: {
    key: 'http.host',
    env: 'HOLDFAST_HUB_HOST',
    flag: '--host',
    schema: z.string().min(1),
    default: '127.0.0.1',
    describe: 'Address to listen on; one that is not loopback needs TLS or insecure_lan.',
  },
  port: {
    key: 'http.port',
    env: 'HOLDFAST_HUB_PORT',
    flag: '--port',
    schema: Port,
    default: 4000,
    describe: 'Port to listen on; 0 takes any free one.',
  },
  publicAuthorities: {
    key: 'http.public_authorities',
    env: 'HOLDFAST_HUB_PUBLIC_AUTHORITIES',
    flag: '--public-authorities',
    schema: z.array(Authority).max(64),
    default: [],
    describe: 'Names that devices reach the hub by, beside its address: a signature holds for these alone.',
  },
  databaseUrl: {
    key: 'database.url',
    env: 'DATABASE_URL',
    flag: '--database-url',
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'expected postgres://user:password@host:port/database')
      .optional(),
    describe: 'PostgreSQL 15 or newer; without it the hub runs its own in the data folder.',
    secret: true,
  },
  archiveFolder: {
    key: 'archive.folder',
    env: 'HOLDFAST_HUB_ARCHIVE',
    flag: '--archive',
    schema: Path.optional(),
    describe: 'Folder of the archive, best on a disk of its own; `archive` in the data folder unless given.',
  },
  logLevel: {
    key: 'log.level',
    env: 'HOLDFAST_LOG_LEVEL',
    flag: '--log-level',
    schema: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']),
    default: 'info',
    describe: 'How much is logged.',
  },
  tlsCert: {
    key: 'tls.cert',
    env: 'HOLDFAST_HUB_TLS_CERT',
    flag: '--tls-cert',
    schema: Path.optional(),
    describe: 'Certificate chain, a PEM file; goes with tls.key.',
  },
  tlsKey: {
    key: 'tls.key',
    env: 'HOLDFAST_HUB_TLS_KEY',
    flag: '--tls-key',
    schema: Path.optional(),
    describe: 'Private key of the certificate, a PEM file.',
  },
  insecureLan: {
    key: 'insecure_lan',
    env: 'HOLDFAST_HUB_INSECURE_LAN',
    flag: '--insecure-lan',
    schema: z.boolean(),
    default: false,
    describe: 'Serve an address that is not loopback without TLS: tokens travel in the clear.',
  },
});

/** The options of a hub, checked each for itself. */
export type HubOptions = OptionValues<typeof hubOptions>;
