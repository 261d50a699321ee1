/** The table of commands. Each is loaded when it is asked for: `holdfast --help` opens no database driver. */
import type { Command } from '../command.ts';

/** A command before it is loaded. */
export type CommandEntry = { name: string; summary: string; load(): Promise<Command> };

export const COMMANDS: readonly CommandEntry[] = [
  entry(
    'dev',
    'Run everything on this machine: PostgreSQL, a hub, edges and their till',
    async () => (await import('./dev.ts')).dev,
  ),
  entry('init', 'Make the store of an edge and its key', async () => (await import('./init.ts')).init),
  entry('start', 'Run the edge; the same as edge start', async () => (await import('./edge-start.ts')).start),
  entry('edge start', 'Run the edge', async () => (await import('./edge-start.ts')).edgeStart),
  entry(
    'edge backup',
    'Copy the store of the edge, running or not',
    async () => (await import('./edge-backup.ts')).edgeBackup,
  ),
  entry(
    'edge restore',
    'Put a backup in the place of the store of the edge',
    async () => (await import('./edge-restore.ts')).edgeRestore,
  ),
  entry(
    'edge rekey',
    'Give the store of the edge a new key',
    async () => (await import('./edge-rekey.ts')).edgeRekey,
  ),
  entry('hub start', 'Run the hub', async () => (await import('./hub-start.ts')).hubStart),
  entry(
    'hub backup',
    'Copy the database of the hub, running or not',
    async () => (await import('./hub-backup.ts')).hubBackup,
  ),
  entry(
    'hub restore',
    'Put a backup in the place of the database of the hub, and replay the archive',
    async () => (await import('./hub-restore.ts')).hubRestore,
  ),
  entry(
    'postgres start',
    'Run the PostgreSQL inside npm alone',
    async () => (await import('./postgres-start.ts')).postgresStart,
  ),
  entry(
    'claim',
    'Make a claim token for one device at the hub',
    async () => (await import('./claim.ts')).claim,
  ),
  entry('enroll', 'Enrol the edge with a hub', async () => (await import('./enroll.ts')).enroll),
  entry('pair', 'Make a code to pair a till with the edge', async () => (await import('./pair.ts')).pair),
  entry('status', 'Show how the edge is', async () => (await import('./status.ts')).status),
  entry(
    'doctor',
    'Say in words what state an edge or a hub is in, and what to do',
    async () => (await import('./doctor.ts')).doctor,
  ),
  entry('queue', 'Show the sales that wait for the hub', async () => (await import('./queue.ts')).queue),
  entry('sync', 'Send what waits to the hub now', async () => (await import('./sync.ts')).sync),
  entry(
    'reconcile',
    'Compare what the devices hold with the ledger',
    async () => (await import('./reconcile.ts')).reconcile,
  ),
  entry(
    'verify',
    'Check every entry, seal, booking and posting, or look a receipt up',
    async () => (await import('./verify.ts')).verify,
  ),
  entry(
    'export',
    'Write everything that can be verified into a file',
    async () => (await import('./export.ts')).exportCommand,
  ),
  entry(
    'quarantine list',
    'Show the entries that wait for a person at the hub',
    async () => (await import('./quarantine-list.ts')).quarantineList,
  ),
  entry(
    'quarantine book',
    'Book an entry that waits',
    async () => (await import('./quarantine-resolve.ts')).quarantineBook,
  ),
  entry(
    'quarantine dismiss',
    'Dismiss an entry that waits',
    async () => (await import('./quarantine-resolve.ts')).quarantineDismiss,
  ),
  entry(
    'workflow lint',
    'Check definitions of workflows; no edge has to run',
    async () => (await import('./workflow-lint.ts')).workflowLint,
  ),
  entry(
    'workflow list',
    'Show the workflows of the edge',
    async () => (await import('./workflow-list.ts')).workflowList,
  ),
  entry(
    'workflow show',
    'Show a workflow with its timeline',
    async () => (await import('./workflow-show.ts')).workflowShow,
  ),
  entry(
    'workflow start',
    'Start a workflow',
    async () => (await import('./workflow-start.ts')).workflowStart,
  ),
  entry(
    'workflow signal',
    'Send a workflow the signal it waits for',
    async () => (await import('./workflow-signal.ts')).workflowSignal,
  ),
  entry(
    'workflow cancel',
    'Cancel a workflow, and undo what it has done',
    async () => (await import('./workflow-steer.ts')).workflowCancel,
  ),
  entry(
    'workflow pause',
    'Pause a workflow',
    async () => (await import('./workflow-steer.ts')).workflowPause,
  ),
  entry(
    'workflow resume',
    'Let a paused workflow go on',
    async () => (await import('./workflow-steer.ts')).workflowResume,
  ),
  entry(
    'workflow redrive',
    'Try again what failed in a workflow',
    async () => (await import('./workflow-steer.ts')).workflowRedrive,
  ),
  entry(
    'workflow skip',
    'Take a step of a workflow for done',
    async () => (await import('./workflow-steer.ts')).workflowSkip,
  ),
  entry(
    'workflow migrate',
    'Let open workflows go on by the current definition',
    async () => (await import('./workflow-migrate.ts')).workflowMigrate,
  ),
  entry(
    'workflow definitions',
    'Show the definitions of workflows',
    async () => (await import('./workflow-definitions.ts')).workflowDefinitions,
  ),
  entry(
    'workflow load',
    'Load definitions into the edge',
    async () => (await import('./workflow-load.ts')).workflowLoad,
  ),
  entry(
    'workflow reload',
    'Let the edge read its folder of definitions anew',
    async () => (await import('./workflow-definitions.ts')).workflowReload,
  ),
  entry('config get', 'Show one option', async () => (await import('./config-get.ts')).configGet),
  entry(
    'config set',
    'Set an option in the configuration file',
    async () => (await import('./config-set.ts')).configSet,
  ),
  entry('config list', 'Show all options', async () => (await import('./config-list.ts')).configList),
  entry('version', 'Show the version', async () => (await import('./version.ts')).version),
];

function entry(name: string, summary: string, load: () => Promise<Command>): CommandEntry {
  return { name, summary, load };
}
