import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import t from 'tap';
import { releaseCommand, showCommand } from '../../../src/cli/commands/instances.ts';
import type { Command } from '../../../src/cli/io.ts';
import { accept, bytesOf, openSpool } from '../../spool/spool-fixture.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

async function run(command: Command, ...args: string[]): Promise<{ exitCode: number; output: string }> {
  const [stdout, stderr] = [new Sink(), new Sink()];
  const exitCode = await command(args, { stdout, stderr });
  return { exitCode, output: `${stdout.text}${stderr.text}` };
}

t.test('show tells an empty list of boxes from none that was drawn', async (t) => {
  const dir = t.testdir();
  const spool = join(dir, 'spool');
  const open = await openSpool(spool);
  t.teardown(() => open.close());
  const { id } = await accept(open.spool, '1.2.3', bytesOf(1000));
  const hold = () =>
    open.ledger.apply([{ id, from: ['received'], set: { state: 'held', code: 'BURNED_IN_TEXT_RISK' } }]);
  const drawn = async (): Promise<string | undefined> => {
    const { exitCode, output } = await run(showCommand, id, '--storage', spool);
    t.equal(exitCode, 0, output);
    return /^drawnBoxes +(.*)$/m.exec(output)?.[1];
  };
  const boxes = join(dir, 'boxes.json');
  await hold();
  t.equal(await drawn(), '-');
  writeFileSync(boxes, '[]');
  t.match(await run(releaseCommand, id, '--boxes', boxes, '--storage', spool), { exitCode: 0 });
  t.equal(await drawn(), 'none: nothing to blank');
  await hold();
  writeFileSync(boxes, '{ "boxes": [{ "left": 1, "top": 2, "width": 3, "height": 4 }] }');
  t.match(await run(releaseCommand, id, '--boxes', boxes, '--storage', spool), { exitCode: 0 });
  t.equal(await drawn(), 'all frames: 3x4 at 1,2');
});
