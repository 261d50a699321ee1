import { LIMITS } from '@holdfast/base';
import { describe, expect, it } from 'vitest';
import { loadDefinition } from './load.ts';
import { HEAD, problemsOf, stepsOf, testingHost } from './testing-host.ts';

const host = testingHost();

describe('bounds', () => {
  const chain = (count: number) =>
    `workflow_type: T\nsteps:\n${Array.from({ length: count }, (_, index) => `- {name: S${index}, type: WAIT, for: 1}\n`).join('')}`;

  it('takes as many steps as there may be, and not one more', () => {
    const most = LIMITS.workflowDefinitionStepsMax;
    expect(stepsOf(chain(most))).toHaveLength(most);
    expect(problemsOf(chain(most + 1))).toEqual(['3:1 too_many']);
  });

  it('counts steps in loops as well', () => {
    const most = LIMITS.workflowDefinitionStepsMax;
    const inner = Array.from({ length: most }, (_, index) => `{name: S${index}, type: WAIT, for: 1}`).join(
      ', ',
    );
    const text = `${HEAD}- {name: L, type: LOOP, iterate_over: items, max_iterations: 1, loop_body: [${inner}]}\n`;
    expect(loadDefinition(text, host).problems.map(({ code }) => code)).toEqual(['too_many_steps']);
  });

  it('refuses ten thousand steps', () => {
    expect(problemsOf(chain(6_000))).toEqual(['3:1 too_many']);
    const short = `workflow_type: T\nsteps:\n${'- name: A\n'.repeat(10_000)}`;
    expect(problemsOf(short)).toEqual(['3:1 too_many']);
  });

  it('refuses blocks that stand too deep in each other', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? '{name: W, type: WAIT, for: 1}'
        : `{name: L, type: LOOP, while_condition: "false", max_iterations: 1, loop_body: [${nested(depth - 1)}]}`;
    const most = LIMITS.workflowBlockDepthMax;
    expect(problemsOf(`${HEAD}- ${nested(most - 1)}\n`)).toEqual([]);
    expect(loadDefinition(`${HEAD}- ${nested(most)}\n`, host).problems.map(({ code }) => code)).toEqual([
      'too_deep',
    ]);
  });

  it('refuses more branches than there may be', () => {
    const task = (_: unknown, index: number) => `{name: T${index}, function_path: edge.bake_baguette}`;
    const tasks = Array.from({ length: LIMITS.workflowBranchesMax + 1 }, task).join(', ');
    expect(problemsOf(`${HEAD}- {name: P, type: PARALLEL, tasks: [${tasks}]}\n`)).toContain('4:36 too_many');
  });

  it('lists a bounded number of problems', () => {
    const text = `workflow_type: T\nsteps:\n${'- {name: W, type: WAIT, for: x}\n'.repeat(900)}`;
    expect(loadDefinition(text, host).problems).toHaveLength(200);
  });
});
