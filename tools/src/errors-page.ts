/** The page of error codes: made from the table in `@holdfast/base`, and read back to hold both to each other. */
import type { CodeSpec, Retry } from '@holdfast/base';
import type { Finding } from './source.ts';

export const ERRORS_PAGE = 'docs/reference/errors.md';

type Codes = Readonly<Record<string, CodeSpec>>;

const RETRY_MEANS: Readonly<Record<Retry, string>> = {
  never: 'Sending the same again gives the same answer.',
  backoff:
    'Send the same again later, waiting longer each time; with the same `Idempotency-Key` where there is one.',
  resync: 'Take over what the answer says (a nonce, a position), then send again.',
  reauthenticate: 'Present new credentials or a new signature, then send again.',
};

/** The page as Markdown. */
export function renderErrors(codes: Codes): string {
  const rows = Object.entries(codes).map(
    ([code, { status, retry, title, action }]) =>
      `| <a id="${code}"></a>\`${code}\` | ${status} | ${retry} | ${cell(title)} | ${cell(action)} |`,
  );
  return `# Error codes

Made from \`packages/base/src/errors.ts\` by \`npm run docs:generate\`; a test compares the two.

Every failed request is answered with a problem document (RFC 9457, \`application/problem+json\`). Its \`code\` is one
of these and never changes its meaning; \`detail\` says what happened this time. Commands end with the same codes.

| Code | Status | Retry | What happened | What to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## Retry

${Object.entries(RETRY_MEANS)
  .map(([retry, meaning]) => `- \`${retry}\`: ${meaning}`)
  .join('\n')}
`;
}

/** Findings where the table and the page differ, in either direction. */
export function checkErrorsPage(codes: Codes, page: string): Finding[] {
  const onPage = new Set(
    [...page.matchAll(/^\| (?:<a id="\w+"><\/a>)?`(\w+)` \|/gm)].map((match) => match[1] ?? ''),
  );
  const inTable = new Set(Object.keys(codes));
  const undocumented = [...inTable].filter((code) => !onPage.has(code));
  const unknown = [...onPage].filter((code) => !inTable.has(code));
  return [
    ...undocumented.map((code) => finding(`${code} is not on the page`)),
    ...unknown.map((code) => finding(`${code} is on the page and not in the table`)),
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function finding(message: string): Finding {
  return { path: ERRORS_PAGE, line: 1, rule: 'errors', message: `${message}: npm run docs:generate` };
}
