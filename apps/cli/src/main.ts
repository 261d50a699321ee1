/** The `holdfast` command: wires the process to the table of commands. */
import { runCli } from './cli.ts';
import { openShell } from './shell/open-shell.ts';

await runCli(openShell());
