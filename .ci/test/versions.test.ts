import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const root = resolve(import.meta.dirname, '../..');

interface Manifest {
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest;
const { workspaces = [] } = read('package.json');
const files = [
  'package.json',
  ...globSync(
    workspaces.map((folder) => `${folder}/package.json`),
    { cwd: root },
  ).sort(),
];

/** Every version asked for anywhere: where, of what, which. */
const asked = files.flatMap((file) => {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies } = read(file);
  return [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap((list, index) =>
    Object.entries(list ?? {}).map(([name, version]) => ({ file, name, version, peer: index === 3 })),
  );
});

const exact = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

describe('versions', () => {
  it('of MikroORM are one and exact, in every package, except for what the engine can be used with: its parts refuse to be mixed', () => {
    const found = asked.filter(({ name, peer }) => !peer && name.startsWith('@mikro-orm/'));
    assert.ok(found.length > 3, `only ${found.length} are asked for`);
    const versions = new Set(found.map(({ version }) => version));
    assert.equal(versions.size, 1, JSON.stringify(found, null, 2));
    assert.match([...versions][0] ?? '', exact);
  });

  it('of Nx are one and exact, except for what the engine can be used with', () => {
    const found = asked.filter(({ name, peer }) => !peer && (name === 'nx' || name.startsWith('@nx/')));
    assert.ok(found.length >= 2, `only ${found.length} are asked for`);
    assert.equal(new Set(found.map(({ version }) => version)).size, 1, JSON.stringify(found, null, 2));
    for (const { version } of found) assert.match(version, exact);
  });

  it('of everything else are exact too', () => {
    for (const { file, name, version, peer } of asked) if (!peer) assert.match(version, exact, `${name} in ${file}`);
  });
});

describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Manifest & { resolved?: string; integrity?: string; link?: boolean }>;
  };

  it('is in step with every package.json, so that `npm ci` goes through', () => {
    const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;
    for (const file of files) {
      const manifest = read(file);
      const folder = file === 'package.json' ? '' : dirname(file);
      for (const kind of kinds)
        assert.deepEqual(packages[folder]?.[kind] ?? {}, manifest[kind] ?? {}, `${kind} of ${file}`);
    }
  });

  it('holds the exact versions that are asked for', () => {
    for (const { file, name, version } of asked.filter(({ version }) => exact.test(version))) {
      const nested = packages[`${dirname(file)}/node_modules/${name}`];
      const found = (nested ?? packages[`node_modules/${name}`]) as { version?: string; link?: boolean } | undefined;
      if (!found?.link) assert.equal(found?.version, version, `${name} in ${file}`);
    }
  });

  it('names no address to download from, so that any registry will do', () => {
    const addresses = Object.entries(packages).filter(([, { resolved }]) => /^\w+:\/\//.test(resolved ?? ''));
    assert.deepEqual(addresses, []);
  });

  it('knows the hash of every package that is downloaded', () => {
    const bare = Object.entries(packages).filter(
      ([path, { integrity, link }]) => /(^|\/)node_modules\//.test(path) && !link && !integrity,
    );
    assert.deepEqual(
      bare.map(([path]) => path),
      [],
    );
  });
});
