/** Workspaces: each has a layer, is built by `tsc -b`, and refers to exactly the workspaces it depends on. */
import { LAYERS } from '../layers.ts';
import type { Repo, Workspace } from '../repo.ts';
import type { Finding } from '../source.ts';

/** Findings about manifests, project references and the layer table. */
export function checkWorkspaces(repo: Repo): Finding[] {
  const layered = repo.workspaces.filter(({ name }) => LAYERS[name] === undefined);
  return [
    ...layered.map((workspace) => about(workspace, 'package.json', 'has no row in tools/src/layers.ts')),
    ...repo.workspaces
      .filter(({ folder }) => repo.root.references?.has(folder) !== true)
      .map((workspace) => about(workspace, 'tsconfig.json', 'is not among the references of /tsconfig.json')),
    ...repo.workspaces.flatMap((workspace) => checkReferences(workspace, repo.workspaces)),
  ];
}

function checkReferences(workspace: Workspace, all: readonly Workspace[]): Finding[] {
  const { dependencies, devDependencies, references } = workspace;
  if (references === undefined) return [about(workspace, 'package.json', 'has no tsconfig.json')];
  const needed = new Set(
    all.filter(({ name }) => dependencies.has(name) || devDependencies.has(name)).map(({ folder }) => folder),
  );
  const lacking = [...needed].filter((folder) => !references.has(folder));
  const extra = [...references].filter((folder) => !needed.has(folder));
  return [
    ...lacking.map((folder) =>
      about(workspace, 'tsconfig.json', `lacks the reference ${folder}, a dependency`),
    ),
    ...extra.map((folder) =>
      about(workspace, 'tsconfig.json', `refers to ${folder}, which is not a dependency`),
    ),
  ];
}

function about(workspace: Workspace, file: string, message: string): Finding {
  return { path: `${workspace.folder}/${file}`, line: 1, rule: 'workspace', message };
}
