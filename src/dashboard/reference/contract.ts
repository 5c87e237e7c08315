/** A JSON object of an OpenAPI document. */
type Json = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly where: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: unknown;
}

export interface Content {
  readonly type: string;
  readonly schema: unknown;
}

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly contents: readonly Content[];
}

/** One operation as a person reads it. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** The right it wants; "none" without credentials, "session" for whoever has one. */
  readonly right: string;
  readonly parameters: readonly Parameter[];
  readonly bodies: readonly Content[];
  readonly bodyRequired: boolean;
  readonly answers: readonly Answer[];
}

export interface Section {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

export interface Contract {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly sections: readonly Section[];
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
/** References behind references, at most; a circle ends here. */
const mostHops = 16;

/** An OpenAPI document in the order in which a person reads it: by tag, as the tags are listed. */
export function readContract(document: unknown): Contract {
  const root = objectOf(document);
  const info = objectOf(root.info);
  const operations = Object.entries(objectOf(root.paths)).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = objectOf(objectOf(item)[method]);
      return Object.keys(operation).length === 0
        ? []
        : [readOperation(root, path, method, objectOf(item), operation)];
    }),
  );
  const listed = arrayOf(root.tags).map(objectOf);
  const known = new Set(listed.map(({ name }) => text(name)));
  const others = [...new Set(operations.map(({ tag }) => tag))].filter((tag) => !known.has(tag));
  return {
    title: text(info.title),
    version: text(info.version),
    description: text(info.description),
    sections: [...listed, ...others.map((name) => ({ name }) as Json)]
      .map(({ name, description }) => ({
        name: text(name),
        description: text(description),
        operations: operations.filter(({ tag }) => tag === text(name)),
      }))
      .filter((section) => section.operations.length > 0),
  };
}

function readOperation(root: Json, path: string, method: string, item: Json, operation: Json): Operation {
  const body = objectOf(resolved(root, operation.requestBody));
  return {
    id: text(operation.operationId),
    method: method.toUpperCase(),
    path,
    tag: text(arrayOf(operation.tags)[0]),
    summary: text(operation.summary),
    description: text(operation.description),
    right: rightOf(operation.security ?? root.security),
    parameters: [...arrayOf(item.parameters), ...arrayOf(operation.parameters)].map((given) => {
      const parameter = objectOf(resolved(root, given));
      return {
        name: text(parameter.name),
        where: text(parameter.in),
        required: parameter.required === true,
        description: text(parameter.description),
        schema: parameter.schema,
      };
    }),
    bodies: contentsOf(body),
    bodyRequired: body.required === true,
    answers: Object.entries(objectOf(operation.responses)).map(([status, given]) => {
      const answer = objectOf(resolved(root, given));
      return { status, description: text(answer.description), contents: contentsOf(answer) };
    }),
  };
}

function contentsOf({ content }: Json): Content[] {
  return Object.entries(objectOf(content)).map(([type, media]) => ({ type, schema: objectOf(media).schema }));
}

function rightOf(security: unknown): string {
  const ways = arrayOf(security).map(objectOf);
  if (ways.length === 0) return 'none';
  for (const way of ways)
    for (const scopes of Object.values(way)) {
      const [scope] = arrayOf(scopes);
      if (scope !== undefined) return text(scope);
    }
  return 'session';
}

/** What a `$ref` of this document points to; anything else as it is. Undefined where it leads nowhere. */
export function resolved(root: unknown, value: unknown): unknown {
  let now = value;
  for (let hops = 0; hops < mostHops; hops += 1) {
    const { $ref } = objectOf(now);
    if (typeof $ref !== 'string') return now;
    now = $ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, part) => objectOf(at)[part.replaceAll('~1', '/').replaceAll('~0', '~')], root);
  }
  return undefined;
}

export function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
