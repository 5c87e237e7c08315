import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const contract = new URL('../openapi/backend.yaml', import.meta.url);
const target = new URL('../src/core/generated/backend.ts', import.meta.url);

const banner =
  '// Made from openapi/backend.yaml by scripts/generate-backend-types.ts. Do not edit; run `npm run generate`.\n\n';

/** The TypeScript text of src/core/generated/backend.ts, made from the contract as it is on disk. */
export async function backendTypes(): Promise<string> {
  const ast = await openapiTS(contract, { immutable: true, alphabetize: false });
  return banner + astToString(ast);
}

/** Writes the file where it differs; resolves to true when it did. */
export async function generateBackendTypes(): Promise<boolean> {
  const text = await backendTypes();
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present === text) return false;
  await writeFile(target, text);
  return true;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await generateBackendTypes()) ? 'src/core/generated/backend.ts written' : 'nothing changed');
}
