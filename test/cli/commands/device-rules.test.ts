import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t from 'tap';
import { deviceRulesCommand } from '../../../src/cli/commands/device-rules.ts';
import { parseDeviceRules } from '../../../src/profiles/device-rules.ts';

interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function deviceRules(...args: string[]): Promise<Result> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const io = { stdout: sink('stdout'), stderr: sink('stderr') };
  const exitCode = await deviceRulesCommand(args, io as unknown as Parameters<typeof deviceRulesCommand>[1]);
  return { exitCode, ...texts };
}

const script = '{ Modality.equals("US") }\n(0,0,640,40)\n';
const half = `${script}{ [0009,1001].equals("x") }\n(0,0,1,1)\n`;

t.test('check tells every fault as file:line:column and ends with 78', async (t) => {
  const dir = t.testdir({
    'bad.yaml': 'deviceRules:\n  - name: r\n    when: always\n    action: hold\n',
    'good.yaml': 'provenance: me\ndeviceRules:\n  - name: r\n    when: always\n    action: hold\n',
  });
  const good = await deviceRules('check', join(dir, 'good.yaml'));
  t.same(good, { exitCode: 0, stdout: '', stderr: `${join(dir, 'good.yaml')}: 1 device rule, valid\n` });
  const bad = await deviceRules(
    'check',
    join(dir, 'good.yaml'),
    join(dir, 'bad.yaml'),
    join(dir, 'none.yaml'),
  );
  t.equal(bad.exitCode, 78);
  t.match(bad.stdout, `${join(dir, 'bad.yaml')}:2:5: the device rule does not say where it comes from`);
  t.match(bad.stdout, 'none.yaml: the file of device rules cannot be read (ENOENT)');
});

t.test('import writes a new file that check accepts', async (t) => {
  const dir = t.testdir({
    'a.script': script,
    'r.dicom': 'FORMAT dicom\n%filter graylist\nLABEL banner\ncontains Modality US\ncoordinates 0,0,640,40\n',
  });
  for (const [file, from] of [
    ['a.script', 'ctp'],
    ['r.dicom', 'deid'],
  ] as const) {
    const output = join(dir, `${from}.yaml`);
    const made = await deviceRules('import', join(dir, file), '--from', from, '--output', output);
    t.equal(made.exitCode, 0, made.stderr);
    t.match(parseDeviceRules(readFileSync(output, 'utf8')), {
      kind: 'ok',
      rules: [{ rule: { action: 'blank', rectangles: [{ left: 0, top: 0, width: 640, height: 40 }] } }],
    });
    t.equal((await deviceRules('check', output)).exitCode, 0);
    const again = await deviceRules('import', join(dir, file), '--from', from, '--output', output);
    t.equal(again.exitCode, 73, 'nothing is overwritten');
    t.match(again.stderr, /cannot be written \(EEXIST\)/);
  }
});

t.test('what has no translation is told by line; the rest is written only when asked for', async (t) => {
  const dir = t.testdir({ 'half.script': half, 'none.script': 'nothing' });
  const file = join(dir, 'half.script');
  const output = join(dir, 'half.yaml');
  const refused = await deviceRules('import', file, '--from', 'ctp', '--output', output);
  t.equal(refused.exitCode, 1);
  t.match(refused.stderr, `${file}:3: the signature is not translated: "[0009,1001]" is private`);
  t.notOk(existsSync(output));
  t.equal((await deviceRules('import', file, '--from', 'ctp')).stdout, '');
  const partial = await deviceRules('import', file, '--from', 'ctp', '--output', output, '--partial');
  t.equal(partial.exitCode, 1);
  t.match(parseDeviceRules(readFileSync(output, 'utf8')), { kind: 'ok', rules: { length: 1 } });
  const nothing = await deviceRules('import', join(dir, 'none.script'), '--from', 'ctp', '--partial');
  t.equal(nothing.exitCode, 1);
  t.match(nothing.stderr, /no rule was made/);
});

t.test('wrong usage and files that are not there', async (t) => {
  t.equal((await deviceRules()).exitCode, 64);
  t.equal((await deviceRules('chek')).exitCode, 64);
  t.equal((await deviceRules('check')).exitCode, 64);
  t.equal((await deviceRules('import', 'x')).exitCode, 64);
  t.equal((await deviceRules('import', 'x', '--from', 'other')).exitCode, 64);
  t.equal((await deviceRules('import', '/nonexistent/x', '--from', 'ctp')).exitCode, 66);
});
