import { join } from 'node:path';
import { Writable } from 'node:stream';
import t from 'tap';
import { profileCommand } from '../../../src/cli/commands/profile.ts';
import { ProfileFaults } from '../../../src/profiles/profile-files.ts';
import { type RunResult, run } from '../../support/run.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const cli = join(root, 'src', 'cli', 'cli.ts');
const profile = (...args: string[]): Promise<RunResult> =>
  run(process.execPath, [cli, 'profile', ...args], { cwd: root });

const faulty = 'profile: p\noptions: [retainUid]\nrules:\n  - keyword: StudyDat\n    action: remove\n';
const good =
  'profile: good\noptions: [retainUids]\nrules:\n  - {keyword: PatientName, action: keep}\n  - {keyword: StudyID, action: remove, when: {modality: CT}}\n';

t.test('check tells every fault as file:line:column and ends with 78; a valid file with 0', async (t) => {
  const dir = t.testdir({ 'faulty.yaml': faulty, 'good.yaml': good });
  const bad = join(dir, 'faulty.yaml');
  const fine = join(dir, 'good.yaml');
  const both = await profile('check', bad, fine, join(dir, 'none.yaml'));
  t.equal(both.exitCode, 78);
  t.match(both.output, `${bad}:2:11: unknown option "retainUid"; did you mean "retainUids"?\n`);
  t.match(both.output, `${bad}:4:14: unknown keyword "StudyDat"; did you mean "StudyDate"?\n`);
  t.match(both.output, `${bad}: 2 errors\n`);
  t.match(both.output, `${join(dir, 'none.yaml')}: the profile cannot be read (ENOENT)\n`);
  t.match(both.output, `${fine}: profile good is valid: 1 option, 2 own rules, 1 notice\n`);
  const valid = await profile('check', fine);
  t.equal(valid.exitCode, 0);
  t.match(valid.output, `${fine}:4:15: notice: keeps PatientName (0010,0010), which PS3.15 does not allow`);
});

t.test('show prints what happens and why, in groups with counts', async (t) => {
  const dir = t.testdir({ 'good.yaml': good });
  const { exitCode, output } = await profile('show', join(dir, 'good.yaml'));
  t.equal(exitCode, 0);
  t.match(output, /^Profile good, revision [0-9a-f]{12}, .*good\.yaml$/m);
  t.match(output, /Retain UIDs: UIDs stay/);
  t.match(output, /^Notice {4}.*good\.yaml:4:15: keeps PatientName/m);
  t.match(output, /^ {2}\(0010,0010\) +PatientName +PN +kept +own rule, line 4 \(against PS3\.15\)$/m);
  t.match(output, /^ {2}\(0008,0020\) +StudyDate +DA +emptied +Table E\.1-1: Z$/m);
  t.match(
    output,
    /^ {2}\(0020,0052\) +FrameOfReferenceUID +UI +kept.* +Table E\.1-1: U; option retainUids: K$/m,
  );
  t.match(output, /^ +but removed where modality CT \(own rule, line 5\)$/m);
  t.match(output, /Private elements: removed/);
  // The summary is that of the groups below it.
  const summary = [...output.matchAll(/^ {2} +(\d+) {2}([a-z ,]+)$/gm)];
  t.ok(summary.length >= 5);
  for (const [, count, heading = ''] of summary)
    t.match(output, `\n${heading.charAt(0).toUpperCase()}${heading.slice(1)} (${count})\n`);
  for (const line of output.split('\n')) if (line !== line.trimEnd()) t.fail('blanks at the end of a line');
});

t.test('show takes tags, patterns and keywords, and what is asked about', async (t) => {
  const dir = t.testdir({ 'good.yaml': good });
  const file = join(dir, 'good.yaml');
  const part = await profile(
    'show',
    file,
    'StudyID',
    '0008,002x',
    '--modality',
    'CT',
    '--sop-class',
    'CTImageStorage',
    '--calling-ae',
    'A',
  );
  t.equal(part.exitCode, 0);
  t.match(part.output, /^For {7}modality CT, CTImageStorage, what A sends$/m);
  t.match(part.output, /StudyID +SH +removed +own rule, line 5$/m);
  t.match(part.output, '  (0008,0020)  StudyDate');
  t.match(part.output, '  (0008,0021)  SeriesDate');
  t.notMatch(part.output, 'PatientName  ');
  const json = await profile('show', 'basic', 'PatientName', '--json');
  t.match(JSON.parse(json.output), {
    name: 'basic',
    file: null,
    counts: { replaced: 1, kept: 0 },
    attributes: [{ tag: '(0010,0010)', keyword: 'PatientName', outcome: 'replaced', code: 'Z' }],
  });
});

t.test('list shows the names that can be given, with what they are for', async (t) => {
  const { exitCode, output } = await profile('list');
  t.equal(exitCode, 0);
  for (const name of ['basic', 'ai-training', 'longitudinal-research', 'radiotherapy'])
    t.match(output, new RegExp(`^${name} +\\S.* \\[.+\\]$`, 'm'));
});

t.test('wrong usage says what is right', async (t) => {
  const cases: [string[], RegExp, number][] = [
    [[], /check FILE…, show NAME\|FILE, or list/, 64],
    [['chek'], /"chek": check FILE/, 64],
    [['check'], /check needs a file/, 64],
    [['show'], /show needs a profile/, 64],
    [['show', 'basic', 'PatienName'], /did you mean "PatientName"/, 64],
    [['show', 'basic', '0009,1001'], /PS3\.6 has no attribute/, 64],
    [['show', 'basic', '--modality', 'MRI'], /unknown modality "MRI"; did you mean "MR"/, 64],
    [['show', 'basic', '--sop-class', 'CTImage'], /unknown storage SOP class/, 64],
    [['show', 'basic', '--modalty', 'MR'], /modalty/, 64],
    [['show', 'nobody'], /there is no profile named "nobody"/, 78],
  ];
  for (const [args, expected, exitCode] of cases) {
    const said: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        said.push(chunk.toString());
        done();
      },
    });
    const result = await profileCommand(args, { stdout: stream, stderr: stream }).catch((error: unknown) => {
      said.push(error instanceof ProfileFaults ? error.faults.join('\n') : String(error));
      return error instanceof ProfileFaults ? 78 : 64;
    });
    t.equal(result, exitCode, args.join(' '));
    t.match(said.join(''), expected, args.join(' '));
  }
});
