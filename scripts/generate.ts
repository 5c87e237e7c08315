import { readFileSync, writeFileSync } from 'node:fs';
import { renderReference } from '../src/config/reference.ts';
import { deviceRulesJsonSchema } from '../src/profiles/device-rule-schema.ts';
import { profileJsonSchema } from '../src/profiles/schema.ts';
import { renderConformanceStatement } from './conformance-statement.ts';
import { generateContractTypes } from './generate-contract-types.ts';
import { generateDictionary } from './generate-dictionary.ts';
import { generateVerifyTables } from './generate-verify-tables.ts';
import { fillPixelFormats } from './pixel-formats.ts';
import { fillReadme } from './readme-sections.ts';

/**
 * Makes every file that follows from another one: config/README.md from the schema, the client's types from the contract,
 * the data dictionary from dcmjs's, the tables of README and docs/pixel-formats.md from the code. The check in CI runs it and wants no difference.
 */
function write(path: string, text: string): void {
  const url = new URL(`../${path}`, import.meta.url);
  const present = readOrEmpty(url);
  if (present === text) return;
  writeFileSync(url, text);
  console.log(`${path} written`);
}

function readOrEmpty(url: URL): string {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return '';
  }
}

write('config/README.md', renderReference());
write('config/profile.schema.json', `${JSON.stringify(profileJsonSchema(), null, 2)}\n`);
write('config/device-rules.schema.json', `${JSON.stringify(deviceRulesJsonSchema(), null, 2)}\n`);
write('README.md', await fillReadme(readOrEmpty(new URL('../README.md', import.meta.url))));
write('docs/conformance-statement.md', renderConformanceStatement());
write(
  'docs/pixel-formats.md',
  await fillPixelFormats(readOrEmpty(new URL('../docs/pixel-formats.md', import.meta.url))),
);
write('src/dicom/generated/dictionary.ts', await generateDictionary());
write('src/verify/generated/registered-uids.ts', generateVerifyTables());
for (const path of await generateContractTypes()) console.log(`${path} written`);
