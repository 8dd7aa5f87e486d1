import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../errors.ts';
import { parse, splitCommand } from './parse.ts';

const table = {
  argument: { name: 'target', help: '' },
  options: {
    message: { type: 'string', short: 'm', alias: 'name', help: '' },
    empty: { type: 'boolean', help: '' },
    drop: { type: 'string', list: true, help: '' },
    from: { type: 'string', bare: true, help: '' },
  },
} as const;

const nothing = {
  json: false,
  debug: false,
  config: undefined,
  help: false,
  message: undefined,
  empty: false,
  drop: [],
  from: undefined,
};

test('what is typed is what the command gets', () => {
  const cases: [string[], string[], object][] = [
    [[], [], {}],
    [['head'], ['head'], {}],
    [['-1'], ['-1'], {}],
    [['-12'], ['-12'], {}],
    [['+2'], ['+2'], {}],
    [['20260101000000'], ['20260101000000'], {}],
    [['-m', 'a b'], [], { message: 'a b' }],
    [['-ma'], [], { message: 'a' }],
    [['-m=a=b'], [], { message: 'a=b' }],
    [['-m', ''], [], { message: '' }],
    [['--message='], [], { message: '' }],
    [['--message', '-1'], [], { message: '-1' }],
    [['--message=--x'], [], { message: '--x' }],
    [['-m', '- a list'], [], { message: '- a list' }],
    [['-m', 'it\'s $HOME `id` "x" 🚀'], [], { message: 'it\'s $HOME `id` "x" 🚀' }],
    [['--name', 'a'], [], { message: 'a' }],
    [['-m', 'a', '--message', 'b'], [], { message: 'b' }],
    [['--empty', 'head', '--json'], ['head'], { empty: true, json: true }],
    [['--drop', 'a', '--drop=b::int, c', '-m', 'x'], [], { drop: ['a', 'b::int, c'], message: 'x' }],
    [['--from', '-m', 'x'], [], { from: '', message: 'x' }],
    [['--from=postgres://x/y'], [], { from: 'postgres://x/y' }],
    [['--from', 'postgres://x/y', 'head'], ['head'], { from: 'postgres://x/y' }],
    [['--from', 'head'], ['head'], { from: '' }],
    [['--', '--x'], ['--x'], {}],
    [['--config', 'a.ts', '-1'], ['-1'], { config: 'a.ts' }],
  ];
  for (const [argv, args, options] of cases)
    assert.deepEqual(parse('create', table, argv), { args, options: { ...nothing, ...options } }, argv.join(' '));
});

test('what cannot be meant is refused', () => {
  const cases: [string[], RegExp][] = [
    [['--mesage', 'x'], /^"create" has no option --mesage\. Did you mean --message\?/],
    [['--qqqqqqq'], /^"create" has no option --qqqqqqq\. Nothing/],
    [['-x'], /has no option -x/],
    [['--toString'], /has no option --toString/],
    [['-m'], /^-m needs a value, and none follows/],
    [['--message', '--empty'], /^--message needs a value, but "--empty" follows\..* write --message='--empty'/],
    [['--empty=yes'], /^--empty takes no value, but was given "yes"/],
    [['a', 'b', 'c'], /^"create" takes only one argument, <target>, so what is "b" "c"\?/],
  ];
  for (const [argv, says] of cases)
    assert.throws(
      () => parse('create', table, argv),
      (error) => error instanceof Problem && error.code === 'bad-option' && says.test(error.message),
      argv.join(' '),
    );
  assert.throws(() => parse('url', { options: {} }, ['x']), /"url" takes no argument/);
});

test('the command may stand behind the options of every command', () => {
  assert.deepEqual(splitCommand(['--json', '--config', 'x.ts', 'up', '-1']), {
    name: 'up',
    rest: ['--json', '--config', 'x.ts', '-1'],
    flags: [],
  });
  assert.deepEqual(splitCommand(['--version']), { name: undefined, rest: ['--version'], flags: ['version'] });
});
