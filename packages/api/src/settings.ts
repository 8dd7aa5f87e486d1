import type { Ajv } from 'ajv';
import { envSchema } from 'env-schema';
import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { Type, type Static, type TObject } from 'typebox';

const seconds = (description: string, value: number) =>
  Type.Number({ description: `${description} Seconds.`, default: value, exclusiveMinimum: 0, maximum: 86_400 });
const count = (description: string, value: number, maximum: number, minimum = 1) =>
  Type.Integer({ description, default: value, minimum, maximum });

/** Everything the environment decides: the one source of the names, defaults and limits, and of the table in docs/api.md. */
export const settingsSchema = Type.Object({
  DATABASE_URL: Type.String({
    description: 'The database, as `postgres://user:password@host:5432/database`.',
    format: 'database-url',
  }),
  ADMIN_TOKEN: Type.String({
    description:
      'The bearer token that administers codes and teachers: at least 32 letters. Or several, as `anna:token,ci:token`; the log says whose it was.',
    format: 'tokens',
  }),
  METRICS_TOKEN: Type.Optional(
    Type.String({
      description: 'The bearer token that reads `/metrics`. Without one, everybody who reaches the port reads them.',
      pattern: '^[A-Za-z0-9._~+/-]{16,}=*$',
    }),
  ),
  HOST: Type.String({ description: 'The address to listen at.', default: '127.0.0.1' }),
  PORT: count('The port to listen at; 0 takes a free one.', 3000, 65_535, 0),
  LOG_LEVEL: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'From which level on something is logged.',
    default: 'info',
  }),
  CORS_ORIGINS: Type.String({
    description: 'Web origins whose pages may call this API, separated by commas. Without any, none may.',
    pattern: '^(https?://[^\\s,/]+(,https?://[^\\s,/]+)*)?$',
    default: '',
  }),
  TRUSTED_PROXIES: Type.String({
    description:
      'Proxies that are believed about the address of the caller: addresses or networks, separated by commas.',
    pattern: '^([\\da-fA-F.:]+(/\\d{1,3})?(,[\\da-fA-F.:]+(/\\d{1,3})?)*)?$',
    default: '',
  }),
  BODY_LIMIT: count('The largest body of a request, in bytes.', 16_384, 10_485_760),
  REDEEM_LIMIT: count('How often one address may try to redeem a code within `REDEEM_WINDOW`.', 20, 1_000_000),
  REDEEM_WINDOW: seconds('The window of `REDEEM_LIMIT`.', 60),
  REQUEST_TIMEOUT: seconds('How long a request may take to arrive, with its body.', 30),
  DATABASE_POOL_MIN: count('Connections that are kept open.', 0, 1_000, 0),
  DATABASE_POOL_MAX: count(
    'Connections at most; further requests wait for one. `/health/ready` has one more to itself.',
    10,
    1_000,
  ),
  DATABASE_IDLE_TIMEOUT: seconds('After how long an idle connection is closed.', 30),
  DATABASE_CONNECT_TIMEOUT: seconds('How long a request waits for a connection.', 5),
  DATABASE_STATEMENT_TIMEOUT: seconds(
    'After how long the server cancels a statement (`statement_timeout`). A connection that is silent for a second longer is given up.',
    5,
  ),
  DATABASE_PATIENCE: seconds('How long a request waits for a database that restarts.', 10),
  SHUTDOWN_DELAY: Type.Number({
    description: 'How long to go on taking requests while `/health/ready` says 503, so that balancers notice. Seconds.',
    default: 0,
    minimum: 0,
    maximum: 600,
  }),
  SHUTDOWN_TIMEOUT: seconds('How long a request that runs may take to end after that.', 30),
});

export type Settings = Static<typeof settingsSchema>;

/** The names whose values are never shown. */
export const secretNames: readonly (keyof Settings)[] = ['DATABASE_URL', 'ADMIN_TOKEN', 'METRICS_TOKEN'];

/** A bearer token and whose it is. */
export interface Token {
  name: string;
  token: string;
}

/** The tokens of `ADMIN_TOKEN`: one alone is that of `admin`. */
export const tokensOf = (setting: string): Token[] =>
  setting.split(',').map((each) => {
    const [token = '', name = 'admin'] = each.split(':').reverse();
    return { name, token };
  });

/** What a variable has to be beyond a text, and how to say so. */
const formats: Record<string, { validate: (text: string) => boolean; says: string }> = {
  'database-url': {
    validate: isDatabaseUrl,
    says: 'must be an address that begins with postgres://, its % escapes valid',
  },
  tokens: {
    // What can be sent in an Authorization header (RFC 6750).
    validate: (text) =>
      /^(([\w.@-]+:)?[A-Za-z0-9._~+/-]{32,}=*(,(?=[^,]*:)|$))+$/.test(text) && areDistinct(tokensOf(text)),
    says: 'must be one token, or several that differ, each with a name',
  },
};

const areDistinct = (tokens: Token[]): boolean => new Set(tokens.map(({ token }) => token)).size === tokens.length;

function isDatabaseUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\/./.test(text)) return false;
  try {
    const { username, password, hostname, pathname } = new URL(text);
    for (const part of [username, password, hostname, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the settings, secrets also from the file that `NAME_FILE` names. Throws one error that names every mistake; a
 * variable that is empty counts as not there.
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const { properties } = settingsSchema as TObject;
  const data = Object.fromEntries(Object.entries(environment).filter(([name, value]) => name in properties && value));
  const mistakes = readFiles(environment, data);
  const unread = mistakes.map(({ name }) => name);
  try {
    const settings = envSchema<Settings>({
      schema: settingsSchema,
      env: false,
      data,
      ajv: { customOptions: withFormats },
    });
    mistakes.push(...unusable(settings));
    if (mistakes.length === 0) return settings;
  } catch (error) {
    const { errors } = error as { errors?: Mistake[] };
    if (!errors) throw error;
    mistakes.push(...errors.map((mistake) => say(mistake, data)));
  }
  const told = mistakes.filter((mistake, at) => at < unread.length || !unread.includes(mistake.name));
  throw new Error(`The environment does not fit:\n${told.map(({ name, text }) => `  ${name} ${text}`).join('\n')}`);
}

/** What `pg` has against the address: a file of a certificate that is not there, a mode of TLS that it does not know. */
function unusable({ DATABASE_URL }: Settings): Said[] {
  try {
    new Client({ connectionString: DATABASE_URL });
    return [];
  } catch (error) {
    return [{ name: 'DATABASE_URL', text: `cannot be used: ${(error as Error).message}.` }];
  }
}

/** Puts what the files of secrets hold beside the other variables, and says which cannot be taken. */
function readFiles(environment: NodeJS.ProcessEnv, data: NodeJS.ProcessEnv): Said[] {
  return secretNames.flatMap((name) => {
    const file = environment[`${name}_FILE`];
    if (!file) return [];
    if (data[name]) return [{ name, text: `is given twice: take either ${name} or ${name}_FILE away.` }];
    try {
      // Editors and `echo` end a file with a new line.
      const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
      if (text) data[name] = text;
      return text ? [] : [{ name, text: `is not in the file that ${name}_FILE names: "${file}" is empty.` }];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return [{ name, text: `cannot be read from the file that ${name}_FILE names: ${code} "${file}".` }];
    }
  });
}

function withFormats(ajv: Ajv): Ajv {
  for (const [name, { validate }] of Object.entries(formats)) ajv.addFormat(name, { type: 'string', validate });
  return ajv;
}

interface Mistake {
  instancePath: string;
  message?: string;
  params: { missingProperty?: string; allowedValues?: string[]; format?: string };
}

interface Said {
  name: string;
  text: string;
}

/** What is wrong with which variable, and what it is for. Shows no secret. */
function say({ instancePath, message, params }: Mistake, data: NodeJS.ProcessEnv): Said {
  const name = params.missingProperty ?? instancePath.slice(1);
  const { description } = (settingsSchema as TObject).properties[name] as { description: string };
  if (params.missingProperty) return { name, text: `is missing. ${description}` };
  const shown = secretNames.includes(name as keyof Settings) ? '' : `, not "${data[name]}"`;
  const allowed = params.allowedValues ? ` (${params.allowedValues.join(', ')})` : '';
  const wrong = (params.format && formats[params.format]?.says) ?? message;
  return { name, text: `${wrong}${allowed}${shown}. ${description}` };
}
