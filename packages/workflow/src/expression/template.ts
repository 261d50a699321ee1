/**
 * Texts with `{{expression}}` and `{{secrets.NAME}}` in them. Secrets are named while a definition is read and looked up
 * when a text is rendered: they are in no expression, no state and no fault.
 */
import type { Json } from '../types.ts';
import { type CompileInput, compileExpression } from './compile.ts';
import type { EvaluationFault, Expression, Scope } from './expression.ts';
import { Refusal, type Refused } from './refusal.ts';

/** The secret of a name; undefined when there is none. */
export type SecretOf = (name: string) => string | undefined;

export type Template = {
  expressions: readonly Expression[];
  /** Names of the secrets it needs, each once. */
  secrets: readonly string[];
  /** The whole text. Lists and records are written as JSON, null as nothing. */
  render(scope: Scope, secretOf: SecretOf): { text: string } | EvaluationFault;
  /** The same, but a text that is one `{{expression}}` alone keeps the type of its value. */
  renderJson(scope: Scope, secretOf: SecretOf): { value: Json } | EvaluationFault;
};

export type CompiledTemplate = { ok: true; template: Template } | { ok: false; problem: Refused };

type Part =
  | { kind: 'text'; text: string }
  | { kind: 'secret'; name: string }
  | { kind: 'expression'; expression: Expression };

const [OPEN, CLOSE] = ['{{', '}}'];
const SECRET = /^\s*secrets\.([A-Za-z_][A-Za-z0-9_]*)\s*$/;

/** Compiles a text, or says what is wrong with it and at which offset of the text. Never throws, whatever the text. */
export function compileTemplate(text: string, input: Omit<CompileInput, 'expect'>): CompiledTemplate {
  try {
    const parts = partsOf(text, input);
    const secrets = parts.flatMap((part) => (part.kind === 'secret' ? [part.name] : []));
    const expressions = parts.flatMap((part) => (part.kind === 'expression' ? [part.expression] : []));
    const render: Template['render'] = (scope, secretOf) => renderText(parts, { scope, secretOf });
    const [only] = parts;
    const renderJson: Template['renderJson'] = (scope, secretOf) => {
      if (parts.length === 1 && only?.kind === 'expression') return only.expression.value(scope);
      const rendered = render(scope, secretOf);
      return 'text' in rendered ? { value: rendered.text } : rendered;
    };
    return { ok: true, template: { expressions, secrets: [...new Set(secrets)], render, renderJson } };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, problem: error.refused };
    throw error;
  }
}

function partsOf(text: string, input: CompileInput): Part[] {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf(OPEN, at);
    const end = open < 0 ? text.length : open;
    if (end > at) parts.push({ kind: 'text', text: text.slice(at, end) });
    if (open < 0) break;
    const close = closeOf(text, open);
    parts.push(partOf(text.slice(open + OPEN.length, close), open + OPEN.length, input));
    at = close + CLOSE.length;
  }
  return parts;
}

/** Where the braces close; those within quotes belong to a string. */
function closeOf(text: string, open: number): number {
  let quote = '';
  for (let at = open + OPEN.length; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quote !== '') {
      if (character === '\\') at += 1;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (text.startsWith(CLOSE, at)) {
      return at;
    }
  }
  throw new Refusal('syntax', `Close "${OPEN}" with "${CLOSE}".`, open);
}

function partOf(source: string, offset: number, input: CompileInput): Part {
  const secret = SECRET.exec(source)?.[1];
  if (secret !== undefined) return { kind: 'secret', name: secret };
  const compiled = compileExpression(source, input);
  if (compiled.ok) return { kind: 'expression', expression: compiled.expression };
  const { code, message, at } = compiled.problem;
  throw new Refusal(code, message, offset + at);
}

function renderText(
  parts: readonly Part[],
  { scope, secretOf }: { scope: Scope; secretOf: SecretOf },
): { text: string } | EvaluationFault {
  let text = '';
  for (const part of parts) {
    const piece = pieceOf(part, { scope, secretOf });
    if (typeof piece !== 'string') return piece;
    text += piece;
  }
  return { text };
}

function pieceOf(
  part: Part,
  { scope, secretOf }: { scope: Scope; secretOf: SecretOf },
): string | EvaluationFault {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'secret') {
    return secretOf(part.name) ?? { fault: 'missing', what: `secrets.${part.name}` };
  }
  const result = part.expression.value(scope);
  if ('fault' in result) return result;
  const { value } = result;
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
