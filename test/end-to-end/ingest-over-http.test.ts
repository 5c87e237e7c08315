import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { element } from '../../src/synthetic/writer-element.ts';
import { writeInstances } from '../crash/test-instances.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { greyImage, withElements, writeInstance } from '../support/instances.ts';
import { orthancDicomWeb, startOrthanc } from '../support/orthanc.ts';
import { findProgram, requirePeer } from '../support/peers.ts';
import { pydicom } from '../support/pydicom.ts';
import { run } from '../support/run.ts';
import { readStoreAnswer } from '../support/store-request.ts';

const token = 'a-token-of-the-tests';

/** Outside of the test's folder, which `t.testdir` empties. */
const tokenFile = join(mkdtempSync(join(tmpdir(), 'sallyport-token-')), 'token');
writeFileSync(tokenFile, token);
t.teardown(() => rmSync(dirname(tokenFile), { recursive: true, force: true }));

function gatewayWithToken(t: Test, args: readonly string[] = []): Promise<RunningGateway> {
  return startGateway(t, {
    directory: t.testdir({ sent: {} }),
    args: [`--http.apiTokenFile=${tokenFile}`, ...args],
  });
}

/** The command of README: the answer's body and its status. */
async function curl(
  { httpPort }: RunningGateway,
  path: string,
  ...args: readonly string[]
): Promise<{ status: number; body: Record<string, unknown> }> {
  const url = `http://127.0.0.1:${httpPort}${path}`;
  const head = ['-sS', '-w', '\n%{http_code}', '-H', `Authorization: Bearer ${token}`];
  const { output } = await run(findProgram('curl') ?? 'curl', [...head, ...args, url]);
  const at = output.lastIndexOf('\n');
  return { status: Number(output.slice(at + 1)), body: JSON.parse(output.slice(0, at)) };
}

const asDicom = (path: string) => ['--data-binary', `@${path}`, '-H', 'Content-Type: application/dicom'];

t.test('curl brings an instance in, and it is delivered de-identified', async (t) => {
  if (findProgram('curl') === undefined) return t.plan(0, 'not installed: curl');
  const gateway = await gatewayWithToken(t);
  const directory = join(t.testdirName, 'sent');
  const [sent] = writeInstances(directory, { radiographs: 1 });
  if (sent === undefined) throw new Error('nothing was made');
  const first = await curl(gateway, '/receive_dicom', ...asDicom(sent.path));
  t.match(first, { status: 200, body: { status: 'received' } });
  await gateway.settled();
  t.equal((await gateway.images()).length, 1, 'it is at the backend');
  const again = await curl(gateway, '/receive_dicom', ...asDicom(sent.path));
  t.match(again, { status: 200, body: { status: 'duplicate', instanceId: first.body.instanceId } });
  const changed = writeInstance(
    join(directory, 'changed.dcm'),
    withElements(greyImage({ sopInstanceUid: sent.sopInstanceUid }), element(0x00080060, 'CS', 'RF')),
  );
  const other = await curl(gateway, '/receive_dicom', ...asDicom(changed));
  t.match(other, { status: 200, body: { status: 'held', code: 'DUPLICATE_CONTENT_DIFFERS' } });
  const [record] = await gateway.records(['delivered']);
  t.equal(record?.callingAeTitle, 'HTTP', 'under the AE title of the configuration');
  const text = join(directory, 'text.txt');
  writeFileSync(text, 'no DICOM');
  t.match(await curl(gateway, '/receive_dicom', ...asDicom(text)), {
    status: 400,
    body: { code: 'NOT_DICOM' },
  });
  t.strictSame(
    [
      gateway.count('instance.received'),
      gateway.count('instance.duplicate'),
      gateway.count('instance.refused'),
    ],
    [2, 1, 1],
  );
  t.equal((await gateway.images()).length, 1);
});

t.test('instances under an AE title of its own are treated by the profile of that title', async (t) => {
  if (findProgram('curl') === undefined) return t.plan(0, 'not installed: curl');
  const hold = join(import.meta.dirname, '..', 'support', 'hold.yaml');
  const gateway = await gatewayWithToken(t, [
    '--http.ingestAeTitle=WEB',
    `--deidentify.profileByCallingAe=${JSON.stringify([{ callingAeTitle: 'WEB', profile: hold }])}`,
  ]);
  const [sent] = writeInstances(join(t.testdirName, 'sent'), { ultrasounds: 1 });
  t.equal((await curl(gateway, '/receive_dicom', ...asDicom(sent?.path ?? ''))).status, 200);
  await gateway.settled();
  const [record] = await gateway.records();
  t.match(record, { callingAeTitle: 'WEB', state: 'held', code: 'BURNED_IN_TEXT_RISK' });
});

t.test('files that pydicom wrote come in as one Store request, good and bad', async (t) => {
  if (!requirePeer(t, 'pydicom')) return;
  const gateway = await gatewayWithToken(t);
  const directory = join(t.testdirName, 'sent');
  const sent = writeInstances(directory, { radiographs: 3, angiograms: 1 });
  const study = await pydicom(
    'print(json.dumps(str(dcmread(sys.argv[1]).StudyInstanceUID)))',
    sent[0]?.path ?? '',
  );
  const program = `
import io, urllib.request, urllib.error, uuid
url, token, study, paths = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
boundary = uuid.uuid4().hex
body = io.BytesIO()
def part(data):
    body.write(b'--' + boundary.encode() + b'\\r\\nContent-Type: application/dicom\\r\\n\\r\\n' + data + b'\\r\\n')
for path in paths:
    buffer = io.BytesIO()
    dcmread(path).save_as(buffer, write_like_original=False)
    part(buffer.getvalue())
part(b'this is no DICOM')
other = dcmread(paths[0])
other.StudyInstanceUID = '1.2.3.4'
other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = '1.2.3.4.5'
buffer = io.BytesIO()
other.save_as(buffer, write_like_original=False)
part(buffer.getvalue())
body.write(b'--' + boundary.encode() + b'--\\r\\n')
request = urllib.request.Request(url + '/dicom-web/studies/' + study, data=body.getvalue(), method='POST', headers={
  'Authorization': 'Bearer ' + token, 'Accept': 'application/dicom+json',
  'Content-Type': 'multipart/related; type="application/dicom"; boundary=' + boundary})
with urllib.request.urlopen(request) as answer:
    from pydicom import Dataset
    text = answer.read().decode()
    read = Dataset.from_json(text)
    print(json.dumps([answer.status, len(read.ReferencedSOPSequence), json.loads(text)]))
`;
  const url = `http://127.0.0.1:${gateway.httpPort}`;
  const answer = (await pydicom(
    program,
    url,
    token,
    String(study),
    ...sent.map(({ path }) => path),
  )) as unknown[];
  const [status, referenced, body] = answer;
  t.strictSame([status, referenced], [202, 4], 'pydicom reads the answer');
  t.strictSame(readStoreAnswer(body), {
    stored: sent.map(({ sopInstanceUid }) => sopInstanceUid),
    failed: { '1.2.3.4.5': 0xa900 },
    others: [0xc000],
  });
  await gateway.settled();
  t.equal((await gateway.records(['delivered'])).length, 4);
});

t.test('Orthanc sends by STOW-RS', async (t) => {
  if (!requirePeer(t, 'OrthancDicomWeb')) return;
  const gateway = await gatewayWithToken(t);
  const orthanc = await startOrthanc(t, {
    configuration: orthancDicomWeb({
      gateway: {
        Url: `http://127.0.0.1:${gateway.httpPort}/dicom-web/`,
        HttpHeaders: { Authorization: `Bearer ${token}` },
      },
      nobody: { Url: `http://127.0.0.1:${gateway.httpPort}/dicom-web/` },
    }),
  });
  const sent = writeInstances(join(t.testdirName, 'sent'), { radiographs: 5, angiograms: 1 });
  const ids: string[] = [];
  for (const { path } of sent) ids.push((await orthanc.upload(path)) ?? 'refused');
  const stow = async (server: string): Promise<number> => {
    const answer = await orthanc.rest('POST', `/dicom-web/servers/${server}/stow`, {
      Resources: ids,
      Synchronous: true,
    });
    t.comment((await answer.text()).slice(0, 300));
    return answer.status;
  };
  t.equal(await stow('gateway'), 200, 'Orthanc finds every instance stored');
  t.equal(gateway.count('instance.received'), 6);
  await gateway.settled();
  t.equal((await gateway.images()).length, 6, 'all are at the backend');
  t.equal(await stow('gateway'), 200, 'and again');
  t.equal(gateway.count('instance.duplicate'), 6);
  t.not(await stow('nobody'), 200, 'not without a token');
  t.equal(gateway.count('instance.received'), 6);
});
