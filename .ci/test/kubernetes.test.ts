import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Job, type IJob } from 'kubernetes-models/batch/v1';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const source = readFileSync(join(root, 'packages/migrations/kubernetes/migrate.yaml'), 'utf8');

/** The manifest with one thing changed, and a proof that it was. */
function changed(from: string, to: string): IJob {
  assert.ok(source.includes(from), `the manifest has no ${from}`);
  return parse(source.replace(from, to)) as IJob;
}

describe('packages/migrations/kubernetes/migrate.yaml', () => {
  const job = parse(source) as IJob;
  const pod = job.spec?.template.spec;

  it('is what the schema of a Job says', () => new Job(job).validate());

  it('is refused by that schema where something is wrong', () => {
    for (const [from, to] of [
      ['restartPolicy: Never', 'restartPolicy: Sometimes'],
      ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: surely'],
      ['backoffLimit: 0', 'backoffLimit: none'],
    ] as const)
      assert.throws(() => new Job(changed(from, to)).validate(), to);
  });

  it('runs once, as nobody in particular, and can write nothing', () => {
    assert.equal(job.spec?.backoffLimit, 0);
    assert.equal(pod?.securityContext?.runAsNonRoot, true);
    const [container] = pod?.containers ?? [];
    assert.deepEqual(container?.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('takes the address from a secret, and holds none', () => {
    assert.doesNotMatch(source, /postgres:\/\//);
    assert.equal(pod?.containers[0]?.env?.[0]?.valueFrom?.secretKeyRef?.name, 'tutoria-migrate');
  });
});
