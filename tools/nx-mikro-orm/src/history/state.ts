import { chainTo, type History } from './graph.ts';
import type { Linked } from './revision.ts';

/** What the ledger knows of one applied revision. Rows of stock MikroORM have only a name and a time. */
export interface Applied {
  name: string;
  at: Date;
  revises: string[] | undefined;
  /** SHA-256 of the file's bytes when it was applied. */
  hash: string | undefined;
  by: string | undefined;
  host: string | undefined;
  commit: string | undefined;
  branch: string | undefined;
  checksum: string | undefined;
  tool: string | undefined;
  durationMs: number | undefined;
  transactional: boolean | undefined;
  replaces: string[] | undefined;
}

/** Where a database stands in the history. Pure data. */
export interface State {
  applied: Applied[];
  pending: Linked[];
  /** In the ledger, but not in this checkout. */
  missing: Applied[];
  /** Pending, although something that builds on it is applied. */
  late: { revision: Linked; before: string }[];
  /** Applied revisions that nothing applied builds on: where the database stands. */
  current: string[];
  changed: { revision: Linked; row: Applied }[];
  restamp: { revision: Linked; replaced: Applied[] }[];
  halfway: { revision: Linked; applied: string[]; lacking: string[] }[];
  ahead: Applied[];
}

/** Compares what the ledger says with what the checkout has. */
export function stateOf(history: History, applied: readonly Applied[]): State {
  const names = new Set(applied.map(({ name }) => name));
  const pending = history.order.filter(({ name }) => !names.has(name));
  const late: State['late'] = [];
  if (pending.length > 0) {
    const open = new Set(pending.map(({ name }) => name));
    for (const { name } of history.order.filter((revision) => names.has(revision.name)))
      for (const revision of chainTo(history, name))
        if (open.delete(revision.name)) late.push({ revision, before: name });
  }
  const revised = new Set(applied.flatMap(({ name, revises }) => history.byName.get(name)?.revises ?? revises ?? []));
  return {
    applied: [...applied],
    pending,
    missing: applied.filter(({ name }) => !history.byName.has(name)),
    late,
    changed: applied.flatMap((row) => {
      const revision = history.byName.get(row.name);
      return revision && row.hash !== undefined && row.hash !== revision.hash ? [{ revision, row }] : [];
    }),
    restamp: [],
    halfway: [],
    ahead: [],
    current: applied.map(({ name }) => name).filter((name) => !revised.has(name)),
  };
}

/** What the ledger can tell about a revision, for a message. */
export function known(row: Applied): string {
  const by = [row.by, row.host].filter(Boolean).join('@');
  const from = [row.branch && `branch ${row.branch}`, row.commit && `commit ${row.commit.slice(0, 12)}`]
    .filter(Boolean)
    .join(', ');
  return `applied ${row.at.toISOString()}${by && ` by ${by}`}${from && ` from ${from}`}`;
}
