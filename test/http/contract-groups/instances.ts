import { bodyOf, type ContractGroup, expectAll, part10, receive, unknownId } from '../contract-group.ts';
import { loseBytes, makeFile } from '../real-gateway.ts';

/** Instances, studies and the audit trail. */
export const exercise: ContractGroup = async (t, { real }) => {
  const files = { clear: makeFile('clear'), risky: makeFile('risky'), pixelless: makeFile('pixelless') };
  const clear = await receive(t, real, files.clear.bytes);
  const held = await receive(t, real, files.risky.bytes);
  const lost = await receive(t, real, makeFile('risky').bytes);
  const lostToo = await receive(t, real, makeFile('risky').bytes);
  const pixelless = await receive(t, real, files.pixelless.bytes);
  t.match(await real.ask(t, 'POST', '/receive_dicom', { body: files.clear.bytes, headers: part10 }), {
    body: { status: 'duplicate', instanceId: clear },
  });
  await real.gateway.settled();
  const at = `/api/instances/${held}`;
  const boxes = [{ frame: null, left: 0, top: 0, width: 8, height: 2 }];
  const outside = [{ frame: null, left: 0, top: 0, width: 800, height: 2 }];
  await expectAll(t, real, [
    [200, 'GET /api/instances?state=held,delivered&order=newest&limit=500'],
    [400, 'GET /api/instances?state=lost'],
    [200, `GET /api/instances/${clear}`],
    [404, `GET /api/instances/${unknownId}`],
    [200, `GET /api/instances/${clear}/report`],
    [200, `GET ${at}/report`],
    [404, `GET /api/instances/${unknownId}/report`],
    [200, `GET /api/instances/${clear}/frames`],
    [404, `GET /api/instances/${unknownId}/frames`],
    [422, `GET /api/instances/${pixelless}/frames`],
    [200, `GET /api/instances/${clear}/frames/1?maxSide=16`],
    [404, `GET /api/instances/${unknownId}/frames/1`],
    [409, `GET ${at}/frames/1`],
    [422, `GET /api/instances/${pixelless}/frames/1`],
    [200, `POST ${at}/frames/1/preview`, { as: 'identify', body: { boxes } }],
    [400, `POST ${at}/frames/1/preview`, { body: { boxes: outside } }],
    [404, `POST /api/instances/${unknownId}/frames/1/preview`, { body: { boxes } }],
    [422, `POST /api/instances/${pixelless}/frames/1/preview`, { body: { boxes: [] } }],
    [200, `GET ${at}/original`, { as: 'identify' }],
    [404, `GET /api/instances/${unknownId}/original`],
    [200, `GET ${at}/original/frames/1`, { as: 'identify' }],
    [404, `GET /api/instances/${unknownId}/original/frames/1`],
    [422, `GET /api/instances/${pixelless}/original/frames/1`],
    [400, `POST ${at}/release`, { body: { boxes: outside } }],
    [404, `POST /api/instances/${unknownId}/release`],
    [404, `POST /api/instances/${unknownId}/retry`],
    [404, `POST /api/instances/${unknownId}/discard`],
    [409, `POST /api/instances/${clear}/release`],
    [409, `POST /api/instances/${clear}/retry`],
    [409, `POST /api/instances/${clear}/discard`],
    [200, `POST ${at}/release`, { as: 'operate', body: { boxes } }],
    [200, `POST /api/instances/${pixelless}/retry`],
  ]);
  await real.gateway.settled();
  t.match(bodyOf(await real.ask(t, 'GET', at)), { state: 'delivered' });
  await expectAll(t, real, [[200, `POST /api/instances/${pixelless}/discard`]]);

  for (const id of [lost, lostToo]) loseBytes(real, id);
  await expectAll(t, real, [
    [410, `GET /api/instances/${lost}/frames`],
    [410, `GET /api/instances/${lost}/frames/1`],
    [410, `POST /api/instances/${lost}/frames/1/preview`, { body: { boxes } }],
    [410, `GET /api/instances/${lost}/original`],
    [410, `GET /api/instances/${lost}/original/frames/1`],
    [410, `POST /api/instances/${lost}/release`],
    [410, `POST /api/instances/${lostToo}/retry`],
  ]);

  const leap = await real.ask(t, 'GET', '/api/instances?receivedFrom=2016-12-31T23:59:60Z&limit=1');
  t.match(bodyOf(leap), { instances: [{ id: String }] }, 'a leap second is a time');

  const { studies } = bodyOf(await real.ask(t, 'GET', '/api/studies?state=delivered')) as {
    studies: { studyPseudonym: string }[];
  };
  const study = studies[0]?.studyPseudonym ?? '';
  await expectAll(t, real, [
    [400, 'GET /api/studies?state=lost'],
    [200, 'GET /api/studies/unassigned'],
    [200, `GET /api/studies/${study}`],
    [404, 'GET /api/studies/1.2.3'],
    [200, `GET /api/studies/${study}/report`],
    [404, 'GET /api/studies/1.2.3/report'],
    [204, `POST /api/studies/${study}/repost`],
    [404, 'POST /api/studies/1.2.3/repost'],
    [200, `GET /fhir/ImagingStudy/${study}`],
    [200, `GET /fhir/ImagingStudy/${study}?_format=json&_pretty=true`],
    [200, `GET /fhir/ImagingStudy/${study}?_format=application/fhir%2Bjson`],
    [200, `GET /fhir/ImagingStudy/${study}?_format=application/fhir+json`],
    [400, `GET /fhir/ImagingStudy/${study}?_format=xml`],
    [404, 'GET /fhir/ImagingStudy/1.2.3'],
    [200, 'GET /api/audit?limit=5'],
    [400, 'GET /api/audit?limit=5000'],
    [200, 'GET /api/audit/head'],
    [200, 'GET /api/audit/export'],
    [400, 'GET /api/audit/export?from=yesterday'],
  ]);
};

export const notHere = {
  'previewFrame 409':
    'wants an instance with two reasons to be held, of which the first is known; a preview accepts that one',
};
