/** `holdfast workflow migrate`. */
import { LIMITS } from '@holdfast/base';
import type { WorkflowMigration } from '@holdfast/protocol';
import { defineCommand } from '../command.ts';
import { openEdge, TARGET_ARGS } from '../targets.ts';
import { count, table } from '../text.ts';

export const workflowMigrate = defineCommand({
  name: 'workflow migrate',
  summary: 'Lets open workflows of a type go on by its current definition.',
  details:
    'Those that do not fit stay with the definition they have, and the list says why. With --dry-run all stay.',
  examples: [
    ['holdfast workflow migrate CoffeePurchase --dry-run', 'which would fit, and which not'],
    ['holdfast workflow migrate CoffeePurchase', 'move those that fit'],
  ],
  args: {
    type: { type: 'positional', required: true, description: 'A workflow_type' },
    'dry-run': { type: 'boolean', description: 'Only say what would happen' },
    ...TARGET_ARGS,
  },
  async run(args, shell) {
    const { workflows } = await openEdge(args, shell);
    const dry_run = args['dry-run'] === true;
    const instances: WorkflowMigration['instances'] = [];
    let cursor: string | null = null;
    do {
      const page: WorkflowMigration = await workflows.migrate(args.type, {
        dry_run,
        limit: LIMITS.pageRowsMax,
        ...(cursor !== null && { cursor }),
      });
      instances.push(...page.instances);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return { text: renderMigration(instances, dry_run), json: { dry_run, instances } };
  },
});

function renderMigration(instances: WorkflowMigration['instances'], isDryRun: boolean): string {
  if (instances.length === 0) return 'Every open workflow of this type goes by the current definition.';
  const rows = instances.map(({ instance_id, step, misfit, is_moved }) => [
    instance_id,
    step,
    is_moved ? 'moved' : misfit === null ? 'fits' : `stays: ${misfit}`,
  ]);
  const fitting = instances.filter(({ misfit }) => misfit === null).length;
  const staying = instances.length - fitting;
  const verb = isDryRun ? 'would move' : 'moved';
  const summary = `${count(fitting, 'workflow')} ${verb}, ${staying} ${staying === 1 ? 'stays' : 'stay'}.`;
  return `${table(['Instance', 'Stands at', ''], rows)}\n\n${summary}`;
}
