import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { type Operation, readContract } from '../../src/dashboard/reference/contract.ts';
import { curlOf } from '../../src/dashboard/reference/curl.ts';
import { prose } from '../../src/dashboard/reference/prose.ts';
import { deepest, type SchemaNode, schemaTree } from '../../src/dashboard/reference/schema-tree.ts';

const file = join(import.meta.dirname, '..', '..', 'openapi', 'gateway.yaml');
const document: unknown = parse(readFileSync(file, 'utf8'), { merge: true });
const contract = readContract(document);
const operations = contract.sections.flatMap((section) => section.operations);

function find(id: string): Operation {
  const operation = operations.find((one) => one.id === id);
  if (operation === undefined) throw new Error(`the contract has no ${id}`);
  return operation;
}

t.test('every operation of the contract is on the page once, with its right and its answers', async (t) => {
  const ids = [...readFileSync(file, 'utf8').matchAll(/operationId: (\w+)/g)].map(([, id]) => id);
  t.same(operations.map(({ id }) => id).sort(), ids.sort());
  for (const { id, right, answers, tag } of operations) {
    t.ok(['none', 'session', 'read', 'operate', 'identify', 'admin'].includes(right), `${id}: ${right}`);
    t.ok(answers.length > 0 && answers.every(({ description }) => description !== ''), `${id} has answers`);
    t.not(tag, '', `${id} has a tag`);
  }
});

t.test('references are followed: rights, parameters, bodies, answers', async (t) => {
  const preview = find('previewFrame');
  t.equal(preview.right, 'identify');
  t.equal(preview.method, 'POST');
  t.same(
    preview.parameters.map(({ name, where, required }) => `${where} ${name}${required ? ' needed' : ''}`),
    ['path id needed', 'path frame needed', 'query maxSide'],
  );
  t.equal(find('health').right, 'none');
  t.equal(find('closeSession').right, 'session');
  t.equal(find('storeInstances').bodies[0]?.type, 'multipart/related');
  t.match(
    find('getFrame').answers.find(({ status }) => status === '409')?.contents[0]?.type,
    /problem\+json/,
  );
});

t.test('schemas are opened with names, types and limits', async (t) => {
  const body = schemaTree(document, find('releaseInstance').bodies[0]?.schema);
  const boxes = body.children.find(({ name }) => name === 'boxes');
  t.match(boxes, { type: 'list DrawnBoxes', limits: 'at most 1000 entries', required: false });
  const box = boxes?.children[0];
  t.match(box, { name: 'each', type: 'object DrawnBox' });
  t.match(
    box?.children.find(({ name }) => name === 'width'),
    { type: 'whole number', limits: 'at least 1', required: true },
  );
  const study = schemaTree(document, find('getStudy').answers[0]?.contents[0]?.schema);
  const names = study.children.map(({ name }) => name);
  t.ok(names.includes('series') && names.includes('studyPseudonym'), 'all parts of an allOf are in one');
});

t.test('a schema inside itself ends, and nothing is opened deeper than so far', async (t) => {
  const circle = {
    components: {
      schemas: {
        Node: {
          type: 'object',
          properties: { next: { $ref: '#/components/schemas/Node' }, name: { type: 'string' } },
        },
      },
    },
  };
  const tree = schemaTree(circle, { $ref: '#/components/schemas/Node' });
  const next = tree.children.find(({ name }) => name === 'next');
  t.match(next, { cut: true, children: [] });
  t.same(schemaTree(document, { $ref: '#/nowhere' }).children, []);
  const depth = ({ children }: SchemaNode): number => 1 + Math.max(0, ...children.map(depth));
  const trees = operations.flatMap(({ answers, bodies }) =>
    [...bodies, ...answers.flatMap(({ contents }) => contents)].map(({ schema }) =>
      schemaTree(document, schema),
    ),
  );
  t.ok(Math.max(...trees.map(depth)) <= deepest + 1);
});

t.test('each operation has a command that can be copied', async (t) => {
  const command = (id: string) =>
    curlOf(document, 'https://gateway.example:8080', find(id)).replaceAll(/\s*\\\n\s*/g, ' ');
  t.equal(command('health'), "curl 'https://gateway.example:8080/healthz'");
  t.equal(
    command('discardInstance'),
    "curl -X POST -H 'authorization: Bearer TOKEN' 'https://gateway.example:8080/api/instances/ID/discard'",
  );
  t.match(command('previewFrame'), `-d '{"boxes":[{"left":0,"top":0,"width":1,"height":1}]}' -o frame.jpg`);
  t.match(command('uploadFile'), "-F 'file=@image.dcm'");
  t.match(command('receiveDicom'), "-H 'content-type: application/dicom' --data-binary @image.dcm");
  for (const { id } of operations) t.match(command(id), /^curl .*'https:[^{}]*'$/, id);
});

t.test('descriptions become paragraphs of text, code and strong parts', async (t) => {
  t.same(prose('**Who.** See `read`\nand more.\n\nNext.'), [
    [
      { kind: 'strong', text: 'Who.' },
      { kind: 'text', text: ' See ' },
      { kind: 'code', text: 'read' },
      { kind: 'text', text: ' and more.' },
    ],
    [{ kind: 'text', text: 'Next.' }],
  ]);
  t.same(prose(' \n\n '), []);
});
