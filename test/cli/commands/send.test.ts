import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { parseTarget, sendCommand } from '../../../src/cli/commands/send.ts';
import { element } from '../../../src/synthetic/writer-element.ts';
import { startFakeScp, storing } from '../../support/fake-scp.ts';
import { greyImage, withElements, writeInstance } from '../../support/instances.ts';

async function send(
  args: string[],
  terminal = false,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: terminal, columns: 80 });
  const [out, err] = [text(stdout), text(stderr)];
  const exitCode = await sendCommand(args, { stdout, stderr });
  stdout.end();
  stderr.end();
  return { exitCode, stdout: await out, stderr: await err };
}

t.test('reads the target', async (t) => {
  t.same(parseTarget('PACS@pacs.example.org:104'), { aeTitle: 'PACS', host: 'pacs.example.org', port: 104 });
  t.same(parseTarget('MY PACS@[::1]:11112'), { aeTitle: 'MY PACS', host: '::1', port: 11112 });
  t.same(parseTarget('A@[fe80::1%eth0]:1'), { aeTitle: 'A', host: 'fe80::1%eth0', port: 1 });
  const wrong = ['', 'PACS', 'host:104', '@host:104', 'A@host', 'A@host:0', 'A@host:65536', 'A@::1:104'];
  for (const target of [
    ...wrong,
    '   @host:104',
    'SEVENTEEN-LETTERS@host:104',
    'A\\B@host:104',
    'Ä@host:104',
  ]) {
    t.equal(parseTarget(target), undefined, target);
  }
});

t.test('wrong arguments give usage and 64', async (t) => {
  for (const args of [
    [],
    ['x.dcm'],
    ['--to', 'A@h:1'],
    ['x.dcm', '--to', 'nonsense'],
    ['x', '--to', 'A@h:1', '--from', ''],
  ]) {
    const { exitCode, stderr } = await send(args);
    t.equal(exitCode, 64, args.join(' '));
    t.match(stderr, /Usage: sallyport send/);
  }
  await t.rejects(send(['--nonsense']), { code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' });
});

t.test('sends folders with all below them and passes over what is no DICOM', async (t) => {
  const folder = t.testdir({ 'readme.txt': 'not an instance' });
  mkdirSync(join(folder, 'a', 'b'), { recursive: true });
  for (const name of ['1.dcm', 'a/2.dcm', 'a/b/3']) writeInstance(join(folder, name), greyImage());
  let calling = '';
  let called = '';
  const inner = storing(() => 0);
  const scp = await startFakeScp(t, (pdu, socket, connection) => {
    if (pdu.type === 0x01) {
      called = pdu.body.toString('latin1', 4, 20);
      calling = pdu.body.toString('latin1', 20, 36);
    }
    inner(pdu, socket, connection);
  });
  const result = await send([folder, '--to', `PACS@127.0.0.1:${scp.port}`, '--from', 'TESTER']);
  t.equal(result.exitCode, 0);
  t.match(
    result.stdout,
    /^4 files: 3 sent, 0 sent with a warning, 0 refused, 0 failed, 1 not DICOM or unreadable\n/,
  );
  t.match(result.stderr, /^unreadable {2}.*readme\.txt {2}.*NOT_DICOM\n$/, 'plain lines, no bar');
  t.equal(called.trim(), 'PACS');
  t.equal(calling.trim(), 'TESTER');
});

t.test(
  'a refusal is told by file, counted by status and gives 1; no value of a data set is printed',
  async (t) => {
    const folder = t.testdir();
    const uid = '2.25.112233445566778899';
    const named = withElements(
      greyImage({ sopInstanceUid: uid }),
      element(0x00100010, 'PN', 'Quill^Ottoline'),
    );
    writeInstance(join(folder, 'a.dcm'), named);
    writeInstance(join(folder, 'b.dcm'), greyImage());
    writeInstance(join(folder, 'c.dcm'), greyImage());
    const statuses = [0xa700, 0x0000, 0xa700];
    const scp = await startFakeScp(
      t,
      storing(({ number }) => statuses[number - 1], { comment: `Quill ${uid}` }),
    );
    const result = await send([folder, '--to', `PACS@127.0.0.1:${scp.port}`]);
    t.equal(result.exitCode, 1);
    t.match(result.stderr, /^refused {2}.*a\.dcm {2}out of resources \(0xA700\)\nrefused {2}.*c\.dcm/);
    t.match(result.stdout, /1 sent, 0 sent with a warning, 2 refused/);
    t.match(result.stdout, / {2}2 x refused: out of resources \(0xA700\)\n/);
    t.notMatch(result.stdout + result.stderr, /Quill|Ottoline|2\.25\./);
  },
);

t.test('warnings are counted apart and give 0; a peer that is not there gives 1', async (t) => {
  const path = writeInstance(join(t.testdir(), 'a.dcm'), greyImage());
  const scp = await startFakeScp(
    t,
    storing(() => 0xb006),
  );
  const warned = await send([path, '--to', `PACS@127.0.0.1:${scp.port}`]);
  t.equal(warned.exitCode, 0);
  t.match(warned.stdout, /0 sent, 1 sent with a warning/);
  t.match(warned.stdout, /1 x warning: elements discarded \(0xB006\)/);
  const gone = await send([path, '--to', 'PACS@127.0.0.1:1']);
  t.equal(gone.exitCode, 1);
  t.match(gone.stdout, /1 x failed: .*PEER_UNREACHABLE/);
});

t.test('a file named by hand that is no DICOM, and a folder without any, give 1', async (t) => {
  const folder = t.testdir({ 'notes.txt': 'hello', empty: {} });
  const path = writeInstance(join(folder, 'a.dcm'), greyImage());
  const scp = await startFakeScp(
    t,
    storing(() => 0),
  );
  const to = ['--to', `PACS@127.0.0.1:${scp.port}`];
  t.equal((await send([path, join(folder, 'notes.txt'), ...to])).exitCode, 1);
  t.equal((await send([path, join(folder, 'absent'), ...to])).exitCode, 1);
  t.equal((await send([join(folder, 'empty'), ...to])).exitCode, 1);
});

t.test('draws a bar on a terminal and keeps control characters of file names away from it', async (t) => {
  const folder = t.testdir();
  writeInstance(join(folder, 'a.dcm'), greyImage());
  writeFileSync(join(folder, 'evil\x1b[2J'), 'no DICOM');
  const scp = await startFakeScp(
    t,
    storing(() => 0),
  );
  const { stderr, exitCode } = await send([folder, '--to', `PACS@127.0.0.1:${scp.port}`], true);
  t.equal(exitCode, 0);
  t.match(stderr, /\r\[#*\.*\] \d\/2 {2}\d+\.\d MB/);
  t.match(stderr, /evil\?\[2J/);
  t.notOk(stderr.includes('\x1b[2J'));
});
