/** What commands see of the machine they run on. `open-shell.ts` is the real one. */
import type { Ports } from '@holdfast/base';
import type { Transport } from '@holdfast/client';
import type { Environment } from '@holdfast/runtime';

/** Colours; identity functions where nobody would see them. */
export type Paint = Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', (text: string) => string>;

/** A line about what is going on, replaced as it changes; seen on terminals alone. */
export type Progress = { update(text: string): void; end(): void };

export type Shell = {
  /** The words after `holdfast`. */
  argv: readonly string[];
  /** The environment over `.env`. */
  env: Environment;
  /** Absolute; paths of flags are taken from here. */
  cwd: string;
  ports: Ports;
  transport: Transport;
  /** Colours for what is printed; none where stdout is no terminal or NO_COLOR is set. */
  paint: Paint;
  /** Writes a line, or several, to stdout. */
  print(text: string): void;
  /** Writes a line to stderr, for people who watch. */
  note(text: string): void;
  /** Shows `text` on a terminal once a second has passed. */
  progress(text: string): Progress;
  setExitCode(code: number): void;
};
