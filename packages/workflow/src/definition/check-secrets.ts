/** Checks the secrets that requests name: one that is not there may come later, and without it nothing is sent. */
import type { DefinitionHost } from './host.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';
import { expressionKey, type Program } from './program.ts';
import { textsOfStep } from './texts.ts';

/** Warns of secrets that the host does not have, where it says which it has. */
export function checkSecrets(
  { blocks, templates }: Program,
  { problems, places, host }: { problems: Problems; places: Places; host: DefinitionHost },
): void {
  const { hasSecret } = host;
  if (hasSecret === undefined) return;
  for (const [path, { steps }] of blocks)
    for (const { owner, member, text } of [...steps.values()].flatMap(textsOfStep))
      for (const name of templates.get(expressionKey(path, text))?.secrets ?? []) {
        if (hasSecret(name)) continue;
        const message = `There is no secret ${name} here: without it the step fails with secret_missing.`;
        problems.warn(
          places.within(owner, member, text.indexOf(`secrets.${name}`)),
          'unknown_secret',
          message,
        );
      }
}
