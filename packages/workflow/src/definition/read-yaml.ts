/**
 * Reads one YAML 1.2 document into plain data with places. Whatever the text: it ends soon, and does not throw. What
 * people rarely mean and machines read differently is refused: tags, directives, duplicate keys, numbers that JSON
 * does not have.
 */
import { LIMITS } from '@holdfast/base';
import { LineCounter, type Node, parseDocument } from 'yaml';
import type { MapNode } from './node.ts';
import { createProblems, type Problems } from './problems.ts';
import { DEPTH_MAX, readNodes } from './yaml-nodes.ts';

/** Errors of the syntax that are passed on; after the first few they follow from each other. */
const SYNTAX_ERRORS_MAX = 10;

/** The document, or undefined when `problems` says why there is none. */
export type ReadYaml = { root: MapNode | undefined; problems: Problems };

/** Reads a text. A document that is no mapping is a problem. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter();
  const problems = createProblems((at) => {
    // Before the first line is counted there is only the first.
    const { line, col } = lines.lineStarts.length === 0 ? { line: 1, col: 1 } : lines.linePos(at);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  });
  const bytes = Buffer.byteLength(text);
  if (bytes > LIMITS.workflowDefinitionBytesMax) {
    const most = `at most ${LIMITS.workflowDefinitionBytesMax}`;
    problems.error(
      0,
      'too_large',
      `The definition has ${bytes} bytes, ${most} are allowed: split it into sub-workflows.`,
    );
    return { root: undefined, problems };
  }
  return { root: parse(text, lines, problems), problems };
}

function parse(text: string, lines: LineCounter, problems: Problems): MapNode | undefined {
  if (nests(text)) {
    problems.error(0, 'too_deep', `Lists and mappings stand in each other more than ${DEPTH_MAX} deep.`);
    return undefined;
  }
  const document = parseDocument<Node>(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    prettyErrors: false,
    logLevel: 'error',
    // Compared below, in one pass: the library compares each key with each other.
    uniqueKeys: false,
  });
  for (const error of document.errors.slice(0, SYNTAX_ERRORS_MAX)) {
    problems.error(error.pos[0], 'yaml', `This is not YAML that can be read: ${error.message}.`);
  }
  if (document.errors.length > 0) return undefined;
  if (
    document.directives?.yaml.explicit === true ||
    Object.keys(document.directives?.tags ?? {}).length > 1
  ) {
    problems.error(0, 'yaml', 'Directives (%YAML, %TAG) are not used here: remove them.');
    return undefined;
  }
  const root = document.contents === null ? undefined : readNodes(document.contents, { text, problems });
  if (root?.kind === 'map') return root;
  if (!problems.hasErrors()) {
    problems.error(
      root?.at ?? 0,
      'not_a_mapping',
      'A definition is a mapping: begin with "workflow_type: Name".',
    );
  }
  return undefined;
}

/**
 * Whether it nests so deep that the library, which calls itself for each level, might run out of stack: by brackets, or
 * by a row of indicators (`- - - `). Those in texts and comments count as well.
 */
function nests(text: string): boolean {
  if (INDICATORS.test(text)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '[' || char === '{') depth += 1;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > BRACKETS_MAX) return true;
  }
  return false;
}

const BRACKETS_MAX = 1_000;
const INDICATORS = /(?:[-?:][ \t]){128}/;
