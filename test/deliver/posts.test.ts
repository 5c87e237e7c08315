import fc from 'fast-check';
import t from 'tap';
import { SallyportError } from '../../src/core/errors.ts';
import type { Growth, ImageRange, PreparedInstance } from '../../src/core/prepared.ts';
import { GrowingPlan, type Post, type PostLimits, planPosts } from '../../src/deliver/posts.ts';
import { Contract, type ImageUpload } from '../../src/example-backend/contract.ts';
import { bodyOf, samplePrepared } from './samples.ts';

const roomy: PostLimits = { maxBodyBytes: 1_000_000, maxImagesPerPost: 100 };
const contract = new Contract();

function shape(posts: readonly Post[]): string[][] {
  return posts.map((post) =>
    post.members.map(
      (member) => `${member.instanceId}:${member.firstFrame}-${member.lastFrame}/${member.frames}`,
    ),
  );
}

/** Few values each, so that equal instances, shared series and repeated image UIDs all happen. */
const instances = fc
  .array(
    fc.record({
      image: fc.integer({ min: 1, max: 9 }),
      content: fc.constantFrom(0, 1),
      revision: fc.constantFrom('basic-1', 'basic-2'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((options) =>
    options.map(({ image, content, revision }, index) =>
      // As in life, the received bytes decide everything else of an instance.
      samplePrepared({
        id: `id-${index}`,
        image: String(image),
        content: `${image} ${content}`,
        revision,
        frames: 1 + ((image * 5 + content) % 6),
        padding: (image * 97 + content * 53) % 400,
        study: String(1 + (image % 2)),
        series: String(1 + (((image >> 1) + content) % 2)),
      }),
    ),
  );
const limits = fc.record({
  maxBodyBytes: fc.integer({ min: 1400, max: 6000 }),
  maxImagesPerPost: fc.integer({ min: 1, max: 5 }),
});

t.test('instances of one series travel together, in the order of their ids', async (t) => {
  const posts = planPosts([samplePrepared({ id: 'b' }), samplePrepared({ id: 'a' })], roomy);
  t.strictSame(shape(posts), [['a:1-1/1', 'b:1-1/1']]);
});

t.test('study, series and profile revision divide posts', async (t) => {
  const posts = planPosts(
    [
      samplePrepared({ id: 'a' }),
      samplePrepared({ id: 'b', series: '2' }),
      samplePrepared({ id: 'c', study: '2' }),
      samplePrepared({ id: 'd', revision: 'basic-2' }),
      samplePrepared({ id: 'e' }),
    ],
    roomy,
  );
  t.strictSame(shape(posts), [['a:1-1/1', 'e:1-1/1'], ['b:1-1/1'], ['c:1-1/1'], ['d:1-1/1']]);
});

t.test('a multi-frame instance is divided at frame borders', async (t) => {
  const posts = planPosts([samplePrepared({ id: 'a', frames: 5 }), samplePrepared({ id: 'b' })], {
    maxBodyBytes: 1_000_000,
    maxImagesPerPost: 2,
  });
  t.strictSame(shape(posts), [['a:1-2/5'], ['a:3-4/5'], ['a:5-5/5', 'b:1-1/1']]);
});

t.test('two contents under one image UID never share a post', async (t) => {
  const posts = planPosts(
    [samplePrepared({ id: 'a', image: '7' }), samplePrepared({ id: 'b', image: '7', content: 'other' })],
    roomy,
  );
  t.strictSame(shape(posts), [['a:1-1/1'], ['b:1-1/1']]);
});

t.test('a frame that no post can hold throws POST_TOO_LARGE and names the frame', async (t) => {
  const prepared = samplePrepared({ id: 'a', frames: 2, padding: 4000 });
  t.throws(() => planPosts([prepared], { maxBodyBytes: 4000, maxImagesPerPost: 9 }), {
    code: 'POST_TOO_LARGE',
    detail: 'frame 1',
  });
  const [post] = planPosts([samplePrepared({ id: 'a', padding: 4000 })], roomy);
  const exact = post?.sizeBytes ?? 0;
  const single = [samplePrepared({ id: 'a', padding: 4000 })];
  t.equal(planPosts(single, { maxBodyBytes: exact, maxImagesPerPost: 1 }).length, 1);
  t.throws(() => planPosts(single, { maxBodyBytes: exact - 1, maxImagesPerPost: 1 }), SallyportError);
});

t.test('an instance without frames is a mistake of the caller', async (t) => {
  const prepared = { ...samplePrepared({ id: 'a' }), images: { kind: 'memory', parts: [] } } as const;
  t.throws(() => planPosts([prepared], roomy), { code: 'UNEXPECTED' });
});

t.test('every plan keeps to its limits, the contract and the frames it was given', async () => {
  await fc.assert(
    fc.asyncProperty(instances, limits, async (prepared, bounds) => {
      const posts = planPosts(prepared, bounds);
      const seen = new Map<string, number>();
      for (const post of posts) {
        const body = await bodyOf(post);
        if (body.length !== post.sizeBytes) throw new Error('size');
        if (body.length > bounds.maxBodyBytes || post.images > bounds.maxImagesPerPost)
          throw new Error('limit');
        const upload = JSON.parse(body.toString()) as ImageUpload;
        if (contract.uploadFaults(upload).length > 0) throw new Error('contract');
        if (upload.images.length !== post.images) throw new Error('images');
        const frames = upload.images.map((image) => `${image.imageInstanceUid} ${image.frameNumber}`);
        if (new Set(frames).size !== frames.length) throw new Error('a frame twice in one post');
        for (const { instanceId, firstFrame, lastFrame } of post.members) {
          if (firstFrame !== (seen.get(instanceId) ?? 0) + 1) throw new Error('frames out of order');
          seen.set(instanceId, lastFrame);
        }
      }
      for (const instance of prepared) {
        if (seen.get(instance.instanceId) !== instance.images.parts.length) throw new Error('frame lost');
      }
    }),
    { numRuns: 300 },
  );
});

/** The instance as it is while it is rendered; `state` and `parts` are for the test to change. */
function growing(prepared: PreparedInstance) {
  const growth = {
    state: 'growing' as Growth['state'],
    failure: undefined,
    bytes: 0,
    onChange: () => undefined,
    abandon: () => undefined,
  };
  const parts: ImageRange[] = [];
  const count = prepared.images.parts.length;
  const add = (): void => {
    const length = prepared.images.parts[parts.length]?.length ?? 0;
    parts.push({ offset: growth.bytes, length });
    growth.bytes += length;
  };
  const instance: PreparedInstance = {
    ...prepared,
    imagesBytes: 0,
    images: { kind: 'growing', path: '/scratch', parts, count, growth },
  };
  return { instance, growth, add };
}

const told = (posts: readonly Post[]): unknown =>
  posts.map(({ idempotencyKey, members, images, sizeBytes }) => [idempotencyKey, members, images, sizeBytes]);

t.test(
  'a growing instance is divided into the same posts as a whole one, each once it is complete',
  async () => {
    const sample = fc.record({
      frames: fc.integer({ min: 1, max: 12 }),
      padding: fc.integer({ min: 0, max: 600 }),
    });
    fc.assert(
      fc.property(sample, limits, fc.array(fc.boolean(), { maxLength: 12 }), (options, bounds, asks) => {
        const prepared = samplePrepared({ id: 'a', ...options });
        const whole = planPosts([prepared], bounds);
        const { instance, growth, add } = growing(prepared);
        const plan = new GrowingPlan(instance, bounds);
        for (let frame = 0; frame < options.frames; frame++) {
          add();
          if (asks[frame] !== true) continue;
          const early = plan.posts();
          if (JSON.stringify(told(early)) !== JSON.stringify(told(whole.slice(0, early.length))))
            throw new Error('another post than the whole makes');
          const planned = early.reduce((sum, { images }) => sum + images, 0);
          if (planned > frame) throw new Error('a post went before the next frame showed that it is full');
        }
        growth.state = 'whole';
        if (JSON.stringify(told(plan.posts())) !== JSON.stringify(told(whole)))
          throw new Error('other posts');
        if (plan.posts().length !== whole.length) throw new Error('asked again, more posts');
      }),
      { numRuns: 300 },
    );
  },
);

t.test('a frame of a growing instance that no post can hold throws when it comes', async (t) => {
  const { instance, add } = growing(samplePrepared({ id: 'a', frames: 3, padding: 4000 }));
  const plan = new GrowingPlan(instance, { maxBodyBytes: 4000, maxImagesPerPost: 9 });
  t.strictSame(plan.posts(), []);
  add();
  t.throws(() => plan.posts(), { code: 'POST_TOO_LARGE', detail: 'frame 1' });
});

t.test('the plan does not depend on the order of arrival', async () => {
  const shuffled = instances.chain((prepared) =>
    fc.tuple(
      fc.constant(prepared),
      fc.shuffledSubarray(prepared, { minLength: prepared.length, maxLength: prepared.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, limits, ([prepared, other], bounds) => {
      const keys = (set: readonly PreparedInstance[]): string =>
        JSON.stringify(planPosts(set, bounds).map((post) => [post.idempotencyKey, post.members]));
      return keys(prepared) === keys(other);
    }),
    { numRuns: 200 },
  );
});

t.test('the same key always means the same body, and another body another key', async (t) => {
  const bodies = new Map<string, string>();
  const keys = new Map<string, string>();
  let repeats = 0;
  await fc.assert(
    fc.asyncProperty(instances, limits, async (prepared, bounds) => {
      for (const post of planPosts(prepared, bounds)) {
        const body = (await bodyOf(post)).toString();
        if (bodies.has(post.idempotencyKey)) repeats += 1;
        if ((bodies.get(post.idempotencyKey) ?? body) !== body) throw new Error('same key, other body');
        bodies.set(post.idempotencyKey, body);
        keys.set(body, post.idempotencyKey);
      }
    }),
    { numRuns: 300 },
  );
  t.ok(bodies.size > 100, `${bodies.size} different posts`);
  t.equal(keys.size, bodies.size, 'no two keys for one body');
  t.ok(repeats > 100, `${repeats} repeated keys`);
});

t.test('the key is 64 hexadecimal digits and leaves ledger ids out', async (t) => {
  const [one] = planPosts([samplePrepared({ id: 'a', image: '5' })], roomy);
  const [two] = planPosts([samplePrepared({ id: 'zz', image: '5' })], roomy);
  t.match(one?.idempotencyKey, /^[0-9a-f]{64}$/);
  t.equal(one?.idempotencyKey, two?.idempotencyKey);
});
