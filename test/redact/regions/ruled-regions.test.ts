import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { RedactionBox } from '../../../src/core/redaction.ts';
import {
  type DeviceRectangle,
  type DeviceRule,
  type PixelPolicy,
  standardPixelPolicy,
} from '../../../src/deidentify/pixels/pixel-policy.ts';
import { starterRules } from '../../../src/deidentify/pixels/starter-rules.ts';
import { memorySource } from '../../../src/dicom/byte-source.ts';
import type { DataElement } from '../../../src/dicom/data-set.ts';
import { bytesElement, item, sequenceElement } from '../../../src/dicom/edit.ts';
import { readPart10 } from '../../../src/dicom/part10.ts';
import { firstNumber } from '../../../src/dicom/values.ts';
import { complement } from '../../../src/redact/regions/rectangles.ts';
import { type RuledRegions, ruledRegions } from '../../../src/redact/regions/ruled-regions.ts';
import { around, ct, explicit, number16, words } from '../../deidentify/build.ts';
import { corpusMissing, corpusPath } from '../../support/corpus.ts';

const columns = 640;
const rows = 480;

function ask(
  policy: Partial<PixelPolicy>,
  elements: readonly DataElement[] = [],
  context: {
    readonly numberOfFrames?: number;
    readonly releasedCodes?: string[];
    readonly callingAeTitle?: string;
  } = {},
): RuledRegions {
  const size = [number16(0x00280010, rows), number16(0x00280011, columns)];
  return ruledRegions(
    { dataSet: ct(...size, ...elements), transferSyntaxUid: explicit },
    { policy: { ...standardPixelPolicy, ...policy }, columns, rows, numberOfFrames: 1, ...context },
  );
}

const full: DeviceRectangle = { left: 0, top: 0, width: 0, height: 0 };
function rule(action: DeviceRule['action'], ...rectangles: readonly Partial<DeviceRectangle>[]): DeviceRule {
  return {
    name: `${action} ${JSON.stringify(rectangles)}`,
    provenance: 'test',
    when: { all: [] },
    action,
    rectangles: rectangles.map((one) => ({ ...full, ...one })),
  };
}
const places = (boxes: readonly RedactionBox[]): number[][] =>
  boxes.map(({ frame, frames, left, top, width, height }) => [frame, frames, left, top, width, height]);

function regions(...locations: readonly (readonly number[])[]): DataElement {
  const tags = [0x00186018, 0x0018601a, 0x0018601c, 0x0018601e];
  return sequenceElement(
    0x00186011,
    locations.map((location) =>
      item(
        around,
        location.map((value, index) =>
          bytesElement(tags[index] ?? 0, 'UL', new Uint8Array(Uint32Array.of(value).buffer)),
        ),
      ),
    ),
  );
}

t.test('no rule, no region: nothing is said', async (t) => {
  t.same(ask({}), { kind: 'regions', boxes: [] });
});

t.test('rectangles are blanked, counted from the far edges where negative, cut at the edges', async (t) => {
  const found = ask({
    deviceRules: [
      rule('blank', { height: 40 }, { top: -20 }, { left: -100, top: 100, width: 400, height: 30 }),
    ],
  });
  t.match(found, { kind: 'regions', risk: undefined });
  t.same(places(found.boxes), [
    [1, 1, 0, 0, 640, 40],
    [1, 1, 0, 460, 640, 20],
    [1, 1, 540, 100, 100, 30],
  ]);
  t.match(found.boxes[0], { source: 'rule', reason: 'device-rule', rule: /^blank/ });
});

t.test('keep blanks everything else, in every frame; each rule on its own', async (t) => {
  const keep = rule(
    'keep',
    { top: 60, height: 400, frames: [2, 3] },
    { left: 100, width: 300, frames: [3, 4] },
  );
  const found = ask({ deviceRules: [keep] }, [], { numberOfFrames: 5 });
  const expected = [
    ...complement([], columns, rows).map((box) => ({ frame: 1, frames: 1, ...box })),
    ...complement([{ left: 0, top: 60, width: 640, height: 400 }], columns, rows).map((box) => ({
      frame: 2,
      frames: 1,
      ...box,
    })),
    ...complement(
      [
        { left: 0, top: 60, width: 640, height: 400 },
        { left: 100, top: 0, width: 300, height: 480 },
      ],
      columns,
      rows,
    ).map((box) => ({ frame: 3, frames: 1, ...box })),
    ...complement([{ left: 100, top: 0, width: 300, height: 480 }], columns, rows).map((box) => ({
      frame: 4,
      frames: 1,
      ...box,
    })),
    ...complement([], columns, rows).map((box) => ({ frame: 5, frames: 1, ...box })),
  ];
  t.same(
    places(found.boxes),
    expected.map(({ frame, frames, left, top, width, height }) => [frame, frames, left, top, width, height]),
  );
});

t.test('frames of a rectangle are cut at the number of frames', async (t) => {
  const policy = {
    deviceRules: [rule('blank', { height: 9, frames: [2, 900] }, { height: 5, frames: [7, 8] })],
  };
  t.same(places(ask(policy, [], { numberOfFrames: 3 }).boxes), [[2, 2, 0, 0, 640, 9]]);
  t.same(ask(policy), { kind: 'regions', boxes: [] }, 'a single frame has no second one');
});

t.test('a rectangle outside was written for another picture: the image is searched', async (t) => {
  t.match(ask({ deviceRules: [rule('blank', { left: 640, width: 100 }, { height: 40 })] }), {
    kind: 'regions',
    boxes: { length: 1 },
    risk: 'treat',
  });
  t.match(ask({ deviceRules: [rule('keep', { top: 500 })] }), {
    kind: 'held',
    code: 'PIXEL_REGION_INVALID',
    detail: 'nothing kept',
  });
});

t.test('a rectangle outside where nobody searches: the image is held', async (t) => {
  const outside = rule('blank', { left: 640, width: 100 });
  const unsearched = (one: DeviceRule, releasedCodes: string[] = []) =>
    ask({ highRisk: 'none', deviceRules: [one] }, [], { releasedCodes });
  const held = { kind: 'held', code: 'PIXEL_REGION_INVALID', detail: 'rectangle outside' };
  t.match(unsearched(outside), held);
  t.match(unsearched(rule('blank', { top: -40, height: 40 }, { top: 480, height: 9 })), {
    ...held,
    boxes: [{ top: 440, height: 40 }],
  });
  t.match(unsearched(rule('keep', { height: 240 }, { left: 900 })), { ...held, boxes: [{ top: 240 }] });
  t.match(unsearched(rule('blank', { left: 600, width: 100 })), { kind: 'regions', boxes: [{ width: 40 }] });
  t.match(unsearched(outside, ['PIXEL_REGION_INVALID']), { kind: 'regions', boxes: [], risk: 'treat' });
  const narrow = { ...outside, when: { tag: '00080060', is: 'equals', values: ['XA'] } } as const;
  t.same(unsearched(narrow), { kind: 'regions', boxes: [] }, 'a rule of other images');
});

t.test(
  'rules about the risk: hold beats treat beats pass, and own ones beat those of the product',
  async (t) => {
    const medrad = words(0x0008103e, 'LO', 'MEDRAD profile');
    t.match(ask({}, [medrad]), { kind: 'regions', risk: 'treat' });
    t.match(ask({ starterRules: false }, [medrad]), { kind: 'regions', risk: undefined });
    t.match(ask({ deviceRules: [rule('pass')] }, [medrad]), { kind: 'regions', risk: 'pass' });
    t.match(ask({ deviceRules: [rule('pass'), rule('treat')] }), { risk: 'treat' });
    const letters = { ...rule('hold'), name: 'scanned letters' };
    const held = ask({ deviceRules: [rule('pass'), letters, rule('blank', { height: 3 })] });
    t.match(held, { kind: 'held', code: 'DEVICE_RULE_HOLD', boxes: { length: 1 } });
    t.equal(held.kind === 'held' && held.detail, 'device rule scanned letters');
    const released = ask({ deviceRules: [rule('pass'), rule('hold')] }, [], {
      releasedCodes: ['DEVICE_RULE_HOLD'],
    });
    t.match(released, { kind: 'regions', risk: 'treat' }, 'accepted, and searched');
  },
);

t.test('a rule can ask who sent the image', async (t) => {
  const mine = {
    ...rule('blank', { height: 40 }),
    when: { tag: 'callingAeTitle', is: 'equals', values: ['US1'] },
  } as const;
  t.equal(ask({ deviceRules: [mine] }).boxes.length, 0);
  t.equal(ask({ deviceRules: [mine] }, [], { callingAeTitle: 'US1' }).boxes.length, 1);
});

t.test('what lies outside of ultrasound regions is blanked in all frames, beside rules', async (t) => {
  const found = ask({ deviceRules: [rule('blank', { height: 10 })] }, [regions([0, 40, 639, 479])], {
    numberOfFrames: 7,
  });
  t.same(places(found.boxes), [
    [1, 7, 0, 0, 640, 40],
    [1, 7, 0, 0, 640, 10],
  ]);
  t.match(found.boxes[0], { source: 'ultrasound-region', reason: 'outside-regions' });
  t.same(ask({ ultrasoundRegions: false }, [regions([0, 40, 639, 479])]).boxes, []);
});

t.test(
  'regions of another picture: the search decides; where nobody searches, the image is held',
  async (t) => {
    const doubled = [regions([0, 80, 1279, 959])];
    t.same(ask({}, doubled), { kind: 'regions', boxes: [], risk: 'treat' });
    t.same(ask({ deviceRules: [rule('pass')] }, doubled), { kind: 'regions', boxes: [], risk: 'treat' });
    t.match(ask({ highRisk: 'none' }, doubled), {
      kind: 'held',
      code: 'PIXEL_REGION_INVALID',
      detail: 'region outside',
    });
    t.match(ask({ highRisk: 'none' }, doubled, { releasedCodes: ['PIXEL_REGION_INVALID'] }), {
      kind: 'regions',
      risk: 'treat',
    });
  },
);

const iu22 = [
  words(0x00080060, 'CS', 'US'),
  words(0x00080070, 'LO', 'Philips Medical Systems'),
  words(0x00081090, 'LO', 'iU22'),
];

t.test(
  'the banner of a known machine is blanked, unless the regions of the image leave it out',
  async (t) => {
    t.match(ask({}, iu22).boxes, [
      { left: 0, top: 0, width: 640, height: 47, source: 'rule', rule: /Philips iU22, 480 rows/ },
    ]);
    t.same(ask({ starterRules: false }, iu22).boxes, []);
    t.match(ask({}, [...iu22, regions([0, 40, 639, 479])]).boxes, [
      { source: 'ultrasound-region', height: 40 },
    ]);
    const whole = ask({}, [...iu22, regions([0, 0, 639, 479])]).boxes;
    t.match(whole, [{ source: 'rule', height: 47 }], 'a region that covers the banner says nothing of it');
  },
);

t.test(
  'starter rules: names stand for one rule, all say where they come from, none lets an image pass',
  async (t) => {
    t.equal(new Set(starterRules.map(({ name }) => name)).size, starterRules.length);
    for (const { name, provenance, action, rectangles, when } of starterRules) {
      t.not(provenance, '', name);
      t.ok(action === 'blank' || action === 'treat', name);
      t.equal(rectangles.length > 0, action === 'blank', name);
      t.ok('all' in when && when.all.length > 0, name);
    }
  },
);

t.test('real images with ultrasound regions', { skip: corpusMissing }, async (t) => {
  const found = (name: string): RuledRegions => {
    const input = readPart10(memorySource(readFileSync(corpusPath(name))));
    const size = (tag: number): number => firstNumber(input.dataSet, tag) ?? 0;
    return ruledRegions(input, {
      policy: standardPixelPolicy,
      columns: size(0x00280011),
      rows: size(0x00280010),
      numberOfFrames: 1,
    });
  };
  const aloka = 'pydicom__gdcm-US-ALOKA-16.dcm';
  const sonosite = 'pydicom__examples_ybr_color.dcm';
  for (const name of [aloka, sonosite]) if (!existsSync(corpusPath(name))) t.comment(`${name} is absent`);
  if (existsSync(corpusPath(aloka)))
    t.same(places(found(aloka).boxes), [
      [1, 1, 0, 0, 640, 24],
      [1, 1, 0, 24, 32, 392],
      [1, 1, 0, 416, 640, 64],
    ]);
  if (existsSync(corpusPath(sonosite)))
    t.same(found(sonosite), { kind: 'regions', boxes: [], risk: 'treat' }, 'half the size of its regions');
});
