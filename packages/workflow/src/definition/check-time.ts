/** Checks times: schedules and zones that exist, and deadlines that leave room for the tries they are meant for. */
import { Cron } from 'croner';
import { blocksBelow, everyStep } from './blocks.ts';
import { waysOf } from './check-graph.ts';
import { durationText } from './duration.ts';
import { type CronStep, type Definition, END, type RetryPolicy, type Step } from './model.ts';
import type { Places } from './places.ts';
import type { Problems } from './problems.ts';

type Checking = { problems: Problems; places: Places };

/** More tries than that are no definition. */
const ATTEMPTS_MAX = 100;

/** Any instant does: a schedule that has no time after it has none at all. */
const SOME_TIME = new Date('2024-01-01T00:00:00Z');

/** Reports schedules that make no sense, and steps that cannot end within their deadline if all goes badly. */
export function checkTime(definition: Definition, checking: Checking): void {
  for (const { step } of everyStep(definition.steps)) {
    if (step.type === 'CRON_SCHEDULE') checkCron(step, checking);
  }
  const longest = longestOf(definition.steps, '', checking);
  const { deadline_ms } = definition;
  if (deadline_ms === null || longest <= deadline_ms) return;
  const message = `With every try and wait it may take ${durationText(longest)}: longer than its deadline, ${durationText(deadline_ms)}.`;
  checking.problems.warn(checking.places.at(definition, 'deadline'), 'deadline_too_short', message);
}

/**
 * How long a block may take: the longest of its ways, in milliseconds. What has no bound counts as nothing. The ways of
 * a block with a cycle are not followed twice.
 */
function longestOf(steps: readonly Step[], path: string, checking: Checking): number {
  const known = new Map(steps.map((step) => [step.name, step]));
  const longest = new Map<string, number>([[END, 0]]);
  // A step is looked at once all its ways are: from the last to the first, which is what a list without cycles allows.
  const visit = [...(steps[0] === undefined ? [] : [{ step: steps[0], isDone: false }])];
  const own = new Map<Step, number>();
  for (let top = visit.pop(); top !== undefined; top = visit.pop()) {
    const { step, isDone } = top;
    const ways = waysOf(step).map(({ target }) => target);
    if (isDone) {
      const after = Math.max(0, ...ways.map((target) => longest.get(target) ?? 0));
      longest.set(step.name, Math.min(Number.MAX_SAFE_INTEGER, (own.get(step) ?? 0) + after));
    } else if (!own.has(step)) {
      own.set(step, worstOf(step, path, checking));
      visit.push({ step, isDone: true });
      for (const target of ways) {
        const next = known.get(target);
        if (next !== undefined && !own.has(next)) visit.push({ step: next, isDone: false });
      }
    }
  }
  return longest.get(steps[0]?.name ?? END) ?? 0;
}

/** How long a step may take; reports a deadline of its own that is shorter. */
function worstOf(step: Step, path: string, checking: Checking): number {
  const worst = Math.max(
    triesOf(step.retry, step.timeout_ms ?? 0),
    waitOf(step),
    insideOf(step, path, checking),
  );
  const { deadline_ms } = step;
  if (deadline_ms === null || worst <= deadline_ms) return worst;
  // Of a single try, or of a block, a deadline is just the bound.
  if (step.retry.attempts === 1) return deadline_ms;
  const message = `All tries may take ${durationText(worst)}, and the deadline is ${durationText(deadline_ms)}: the last ones are never made.`;
  checking.problems.warn(checking.places.at(step, 'deadline'), 'deadline_too_short', message);
  return deadline_ms;
}

function triesOf({ initial_ms, multiplier, max_ms, ...policy }: RetryPolicy, timeoutMs: number): number {
  // A larger number has been reported as one; to reckon with it could take for ever.
  const attempts = Math.min(policy.attempts, ATTEMPTS_MAX);
  let total = attempts * timeoutMs;
  let wait = initial_ms;
  for (let tried = 1; tried < attempts; tried += 1) {
    total += Math.min(wait, max_ms);
    wait = Math.min(wait * multiplier, max_ms);
  }
  return Math.round(total);
}

function waitOf(step: Step): number {
  if (step.type === 'WAIT') return step.wait.kind === 'for' ? step.wait.ms : 0;
  return step.type === 'HUMAN_IN_LOOP' ? (step.wait_ms ?? 0) : 0;
}

function insideOf(step: Step, path: string, checking: Checking): number {
  const longest = Math.max(
    0,
    ...blocksBelow(step, path).map((block) => longestOf(block.steps, block.path, checking)),
  );
  return step.type === 'LOOP' ? Math.min(Number.MAX_SAFE_INTEGER, longest * step.max_iterations) : longest;
}

function checkCron(step: CronStep, { problems, places }: Checking): void {
  const zone = step.time_zone;
  if (!isZone(zone)) {
    const hint = problems.hint(zone, Intl.supportedValuesOf('timeZone'));
    problems.error(places.at(step, 'time_zone'), 'unknown_time_zone', `"${zone}" is no time zone.${hint}`);
    return;
  }
  const at = places.at(step, 'cron');
  try {
    const cron = new Cron(step.cron, { mode: '5-part', paused: true, timezone: zone });
    if (cron.nextRun(SOME_TIME) === null)
      problems.error(at, 'wrong_cron', `"${step.cron}" never comes: no such day.`);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    problems.error(
      at,
      'wrong_cron',
      `"${step.cron}" is no schedule (minute, hour, day, month, day of the week): ${why}`,
    );
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
