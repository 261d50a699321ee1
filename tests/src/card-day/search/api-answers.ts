/**
 * What an API answers to its holder's token: every GET that its own description names, for every thing that its lists name. A
 * new address is asked without anything being done here; one with a new kind of name in it fails until it is given.
 */
import { must } from '@holdfast/base';
import type { Piece } from './haystack.ts';

/** Asks for a path with the token of the API. */
export type Ask = (path: string) => Promise<Response>;

/** Asks an API over HTTP with its token. */
export function askOf(url: string, token: string): Ask {
  return async (path) => await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
}

type AnswersOf = {
  place: string;
  name: string;
  ask: Ask;
  /** Values for the names in paths. */
  values: Readonly<Record<string, readonly string[]>>;
};

type Parameter = { name: string; schema?: { maximum?: number } };
type Description = { paths: Record<string, { get?: { parameters?: Parameter[] } }> };

const DEVICES = '/edge/devices';

/** All answers, refusals included; a failure of the server is a failure here. */
export async function answersOf({ place, name, ask, values }: AnswersOf): Promise<Piece[]> {
  const description: Description = await (await ask('/openapi.json')).json();
  const paths = Object.entries(description.paths).flatMap(([path, { get }]) =>
    get === undefined ? [] : filled(path, values).map((each) => `${each}${wholeOf(get.parameters ?? [])}`),
  );
  const pieces: Piece[] = [];
  for (const path of paths) {
    const answer = await ask(path);
    const body = Buffer.from(await answer.arrayBuffer());
    if (answer.status >= 500) throw new Error(`${name}: ${path} answered ${answer.status}: ${body}`);
    const fields = Buffer.from([...answer.headers].map(([field, value]) => `${field}: ${value}\n`).join(''));
    pieces.push({
      ...{ place, part: `${name}, ${path}, status ${answer.status}` },
      bytes: Buffer.concat([fields, withoutLabels(path, body)]),
    });
  }
  return pieces;
}

/** Lists are asked for as long as they may be. */
function wholeOf(parameters: readonly Parameter[]): string {
  const limit = parameters.find(({ name }) => name === 'limit');
  return limit?.schema?.maximum === undefined ? '' : `?limit=${limit.schema.maximum}`;
}

/** A path with every value of each name in it. */
function filled(path: string, values: AnswersOf['values']): string[] {
  const [, name] = /\{(\w+)\}/.exec(path) ?? [];
  if (name === undefined) return [path];
  const known = must(values[name], `${path} is asked with values for ${name}`);
  return known.flatMap((value) => filled(path.replace(`{${name}}`, value), values));
}

/**
 * The one exception of the search: the label of a test card says its PIN, as those do that issuers give to testers, and
 * the page that hands the cards out shows the label. The label is the card; all else of the answer is searched.
 */
function withoutLabels(path: string, body: Buffer): Buffer {
  if (path !== DEVICES) return body;
  const answer: { cards?: { label: string }[] } = JSON.parse(body.toString());
  for (const card of answer.cards ?? []) card.label = card.label.replace(/ \d+$/, '');
  return Buffer.from(JSON.stringify(answer));
}
