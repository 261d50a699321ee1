/** What the rules look at: files as text, findings as data. Nothing here touches the disk. */

/** A text file; `path` is relative to the root of the repository, with `/`. */
export type SourceFile = { path: string; text: string };

/** A breach of a rule; `line` counts from 1. */
export type Finding = { path: string; line: number; rule: string; message: string };

const CODE = /\.(ts|tsx|mts|js|mjs)$/;
const TEST = /\.test\.tsx?$/;
const CONFIG = /\.config\.ts$/;
const AROUND = /^(tests|bench|tools)\//;

/** True for a file of TypeScript or JavaScript. */
export function isCode(path: string): boolean {
  return CODE.test(path);
}

/** True for the configuration file of a tool, such as `vite.config.ts`. */
export function isConfig(path: string): boolean {
  return CONFIG.test(path);
}

/** True for code that never ships: suites, configuration files, and the folders around the product. */
export function isAround(path: string): boolean {
  return TEST.test(path) || isConfig(path) || AROUND.test(path);
}

/** One line a finding, as an editor can open it. */
export function formatFindings(findings: readonly Finding[]): string[] {
  return findings.map(({ path, line, rule, message }) => `${path}:${line} ${rule}: ${message}`);
}
