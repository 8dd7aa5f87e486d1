import { flags, waysOut, wholesale, type Inconsistency, type Flag } from '../../repair/finding.ts';
import { findInconsistencies, mend } from '../../repair/repair.ts';
import { problem } from '../../errors.ts';
import { command, type Call, type CommandOutcome } from './command.ts';
import { askForConsent, canAsk } from './consent.ts';

const options = {
  reason: { type: 'string', help: 'Why, for the journal' },
  accept: { type: 'string', help: flags.accept.help },
  refresh: { type: 'string', help: flags.refresh.help },
  adopt: { type: 'string', help: flags.adopt.help },
  forget: { type: 'string', help: flags.forget.help },
  renamed: { type: 'string', help: flags.renamed.help },
  unique: { type: 'string', help: flags.unique.help },
  'took-effect': { type: 'string', help: flags['took-effect'].help },
  'took-no-effect': { type: 'string', help: flags['took-no-effect'].help },
  'begin-again': { type: 'string', help: flags['begin-again'].help },
  reindex: { type: 'string', help: flags.reindex.help },
} as const;

type RepairCall = Call<typeof options>;

export default command({
  summary: 'Show everything that does not fit, with the evidence and the ways out; repair one thing when told to',
  touches: 'database',
  changes: 'database',
  options,
  examples: ['repair', 'repair --accept invite_code --reason "hotfix of 3 May, applied by hand"'],
  run: async (call) => {
    const asked = (Object.keys(flags) as Flag[]).filter((flag) => call.options[flag] !== undefined);
    const [flag, second] = asked;
    const bad = (detail: string) => problem('bad-option', { command: 'repair', detail });
    if (flag && second) throw bad(`--${flag} and --${second}: one thing is repaired at a time.`);
    if (flag) return mendOne(call, flag, call.options[flag] ?? '');
    if (call.options.reason !== undefined) throw bad('--reason needs to be told what to mend.');
    return list(call);
  },
});

async function mendOne({ project, report, options }: RepairCall, flag: Flag, about: string): Promise<CommandOutcome> {
  const mended = await mend(project, { flag, about, reason: options.reason }, (holder) =>
    report.warn(`Waiting for another runner: ${holder}`),
  );
  const { target, kind, done } = mended;
  return {
    json: { database: target.shown, mended: { flag, kind, about: mended.about, reason: options.reason ?? null, done } },
    lines: [done],
  };
}

async function list(call: RepairCall): Promise<CommandOutcome> {
  const { target, findings } = await findInconsistencies(call.project);
  const asking = canAsk(call.report);
  const lines: string[] = [];
  let mended = 0;
  for (const finding of findings) {
    if (!asking) lines.push(...linesOf(finding), '');
    else if ((await offer(call, finding)) && finding.weight === 'wrong') mended++;
  }
  const wrong = findings.filter(({ weight }) => weight === 'wrong').length - mended;
  const summary = [
    wrong === 0
      ? 'files, ledger and journal fit together.'
      : `${wrong} ${wrong === 1 ? 'thing does' : 'things do'} not fit.`,
    ...(wrong > 0 && !asking ? ['Nothing was changed.'] : []),
  ];
  return {
    json: { database: target.shown, consistent: wrong === 0, findings: findings.map(jsonOf) },
    lines: [...lines, `${target.shown}: ${summary.join(' ')}`],
    exit: wrong === 0 ? 'ok' : 'differs',
  };
}

/** Shows it and, where mending it overrules nothing, asks whether to. True when all of it was mended. */
async function offer({ project, report }: RepairCall, finding: Inconsistency): Promise<boolean> {
  for (const line of [...linesOf(finding), '']) report.line(line);
  let left = finding.about.length;
  for (const { flag, when } of finding.remedies) {
    if (flags[flag].reason) continue;
    const each = wholesale.has(flag) && left > 1 ? ['all'] : finding.about;
    for (const about of each) {
      if (!(await askForConsent(report, `--${flag} ${about} (${when})?`))) continue;
      report.line((await mend(project, { flag, about, reason: undefined })).done);
      left -= about === 'all' ? left : 1;
    }
  }
  return finding.about.length > 0 && left === 0;
}

const linesOf = (finding: Inconsistency): string[] => [
  `${finding.weight === 'note' ? 'note' : 'WRONG'}  ${finding.kind}: ${finding.found}`,
  ...finding.evidence.flatMap((line) => line.split('\n')).map((line) => `    ${line}`),
  ...waysOut(finding).map((step, at) => `  ${at === 0 ? 'Next:' : '     '} ${step}`),
];

const jsonOf = (finding: Inconsistency) => ({
  kind: finding.kind,
  weight: finding.weight,
  about: finding.about,
  found: finding.found,
  evidence: finding.evidence,
  next: waysOut(finding),
  remedies: finding.remedies.map(({ flag }) => flag),
});
