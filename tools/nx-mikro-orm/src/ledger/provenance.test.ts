import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { provenanceOf } from './provenance.ts';

test('outside a checkout, as in an image, NX_MIKRO_ORM_COMMIT says the commit; in a checkout git does', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'provenance-'));
  try {
    const without = await provenanceOf(outside);
    assert.equal(without.commit, undefined);
    process.env['NX_MIKRO_ORM_COMMIT'] = 'of-the-image';
    const { commit, branch } = await provenanceOf(outside);
    assert.deepEqual([commit, branch], ['of-the-image', undefined]);
    const inside = await provenanceOf(import.meta.dirname);
    assert.match(inside.commit ?? '', /^([0-9a-f]{40}|of-the-image)$/);
    process.env['NX_MIKRO_ORM_COMMIT'] = '';
    assert.equal((await provenanceOf(outside)).commit, undefined);
  } finally {
    delete process.env['NX_MIKRO_ORM_COMMIT'];
    rmSync(outside, { recursive: true, force: true });
  }
});
