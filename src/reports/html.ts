import type { AppliedAction } from '../deidentify/report.ts';
import { condensed, type ShownRow } from './condense.ts';
import { actionTexts, optionText, ruleText } from './explanations.ts';
import { escaped, number, table } from './html-parts.ts';
import { pixels } from './html-pixels.ts';
import { htmlStyle } from './html-style.ts';
import type { AttributeRow, CodeCount, StudyReport } from './study-report.ts';

function subjectOf({ studyInstanceUid, sopInstanceUid }: StudyReport): string {
  if (sopInstanceUid !== null) return 'an instance';
  return studyInstanceUid === null ? 'all studies' : 'a study';
}

/**
 * The report as one page for a person: no script, nothing from elsewhere, readable on paper, in the dark and by a screen
 * reader. Every text goes through `escaped`.
 */
export function renderHtml(report: StudyReport): string {
  const title = `De-identification of ${subjectOf(report)}`;
  const sections = orderedActions.filter((action) => rowsOf(report, action).length > 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header class="top">
<p class="product">Sallyport · de-identification report</p>
<h1>${title}</h1>
<p class="soft">${
    report.studyInstanceUid === null
      ? `${number(report.studies)} ${report.studies === 1 ? 'study' : 'studies'}`
      : `New Study Instance UID <code>${escaped(report.studyInstanceUid)}</code>`
  }${report.sopInstanceUid === null ? '' : `<br>New SOP Instance UID <code>${escaped(report.sopInstanceUid)}</code>`}</p>
</header>
<main>
${banner(report)}
${cards(report)}
<nav aria-label="Sections">${[
    ['profile', 'Profile'],
    ['objects', 'Objects'],
    ...(report.held.length > 0 ? [['held', 'Held']] : []),
    ...sections.map((action) => [action, actionTexts[action].title]),
  ]
    .map(([id, text]) => `<a href="#${id}">${text}</a>`)
    .join('')}</nav>
<h2 id="profile">Profile</h2>
${profiles(report)}
${claims(report)}
${pixels(report)}
${notes(report)}
<h2 id="objects">Objects</h2>
${objects(report)}
${codes('held', 'Held', 'These instances did not leave. A person decides on each.', report.held)}
${codes(
  'released',
  'Released by a person',
  'These reasons to hold an instance were accepted by a person who looked at it.',
  report.released,
)}
<h2 id="attributes">Attributes</h2>
<p class="soft">Every attribute that was met, by what became of it. Items of a sequence are counted together; removed private attributes of one group share a line. No original value is in this report.</p>
${sections.map((action) => attributes(action, rowsOf(report, action), report.instances.deidentified)).join('\n')}
</main>
<footer>
<p>Made by Sallyport ${escaped(report.product.version)} from what was recorded while the instances were de-identified, after the rules of DICOM PS3.15 Annex E (2026d). Tags and keywords are those of PS3.6.</p>
</footer>
</body>
</html>
`;
}

const orderedActions = Object.keys(actionTexts) as readonly AppliedAction[];

function rowsOf({ attributes }: StudyReport, action: AppliedAction): AttributeRow[] {
  return attributes.filter((row) => row.action === action);
}

/** What a reader has to know first: whether anything is out of the ordinary. */
function banner({ instances, methodCodes, incomplete, truncated }: StudyReport): string {
  const banners: string[] = [];
  const conformant = methodCodes.find(({ code }) => code === '113100')?.instances ?? 0;
  if (incomplete.lines + incomplete.instances > 0) {
    banners.push(
      `<p class="banner bad" role="note"><strong>This report is not whole.</strong> ${number(incomplete.lines)} lines could not be read; of ${number(incomplete.instances)} instances the list of attributes is missing.</p>`,
    );
  }
  if (instances.deidentified > conformant) {
    banners.push(
      `<p class="banner warn" role="note"><strong>No conformance is claimed for ${number(instances.deidentified - conformant)} instances:</strong> rules of the profile keep more than PS3.15 Annex E allows.</p>`,
    );
  }
  if (truncated) {
    banners.push(
      '<p class="banner warn" role="note"><strong>The lists of attributes end early:</strong> more different paths were met than are listed. The sums are whole.</p>',
    );
  }
  if (banners.length === 0 && instances.deidentified > 0) {
    const all = instances.held > 0 ? '' : 'All ';
    banners.push(
      `<p class="banner good" role="note"><strong>${instances.deidentified === 1 ? 'One instance was' : `${all}${number(instances.deidentified)} instances were`} de-identified</strong> in conformance with the Basic Application Level Confidentiality Profile of DICOM PS3.15 and the options below.</p>`,
    );
  }
  return banners.join('\n');
}

function cards({ instances, actions }: StudyReport): string {
  const replaced = actions.replaced + actions.emptied + actions.pseudonymized + actions.uidReplaced;
  const list: (readonly [number, string, string?])[] = [
    [
      instances.deidentified,
      instances.deidentified === 1 ? 'instance de\u2011identified' : 'instances de\u2011identified',
    ],
    [instances.series, 'series'],
    [instances.held, 'instances held', instances.held > 0 ? 'attention' : ''],
    [actions.removed, 'elements removed'],
    [replaced + actions.shifted + actions.cleaned, 'elements replaced or cleaned'],
    [actions.kept, 'elements kept'],
  ];
  return `<ul class="cards">${list
    .map(([count, text, kind = '']) => `<li class="${kind}"><b>${number(count)}</b><span>${text}</span></li>`)
    .join('')}</ul>`;
}

function profiles({ profiles, product }: StudyReport): string {
  return profiles
    .map(
      (
        profile,
      ) => `<section class="box"><div class="title"><h3>${escaped(profile.profile)}</h3><span class="count">${instancesText(profile.instances)}</span>${
        profile.description === '' ? '' : `<p>${escaped(profile.description)}</p>`
      }</div><dl>
<dt>Revision</dt><dd><code>${escaped(profile.profileRevision)}</code></dd>
<dt>Options</dt><dd>${profile.options.length === 0 ? 'none' : profile.options.map((option) => escaped(optionText(option))).join('<br>')}</dd>
<dt>Pseudonym key</dt><dd><code>${escaped(profile.keyId)}</code> <span class="soft">(names the key, does not disclose it)</span></dd>
<dt>Product</dt><dd>Sallyport ${escaped(product.version)}</dd>
</dl></section>`,
    )
    .join('\n');
}

function claims({ methodCodes }: StudyReport): string {
  if (methodCodes.length === 0) return '';
  return table(
    'What the objects say of it',
    'Codes in De-identification Method Code Sequence (0012,0064), coding scheme DCM.',
    ['Code', 'Meaning', '#Instances'],
    methodCodes.map(({ code, meaning, instances }) => [
      `<code>${escaped(code)}</code>`,
      escaped(meaning),
      number(instances),
    ]),
  );
}

function notes({ notes }: StudyReport): string {
  if (notes.length === 0) return '';
  return table(
    'To be known',
    '',
    ['Remark', '#Instances'],
    notes.map(({ text, instances }) => [escaped(text), number(instances)]),
  );
}

function objects({ objects }: StudyReport): string {
  return table(
    'By kind of object',
    '',
    ['SOP Class', 'Modality', '#De-identified', '#Held'],
    objects.map(({ sopClassName, modality, deidentified, held }) => [
      escaped(sopClassName),
      modality === null ? '<span class="soft">other</span>' : escaped(modality),
      number(deidentified),
      number(held),
    ]),
  );
}

function codes(id: string, title: string, text: string, counts: readonly CodeCount[]): string {
  if (counts.length === 0) return '';
  return `<div id="${id}">${table(
    title,
    text,
    ['Code', 'Reason', '#Instances'],
    counts.map(({ code, reason, instances }) => [
      `<code>${escaped(code)}</code>`,
      escaped(reason),
      number(instances),
    ]),
  )}</div>`;
}

function attributes(action: AppliedAction, rows: readonly AttributeRow[], instances: number): string {
  const { title, text } = actionTexts[action];
  const count = rows.reduce((sum, { elements }) => sum + elements, 0);
  return `<section class="box" id="${action}"><div class="title"><h3>${title}</h3><span class="count">${number(rows.length)} ${rows.length === 1 ? 'attribute' : 'attributes'}, ${number(count)} ${count === 1 ? 'element' : 'elements'}</span><p>${escaped(text)}</p></div><div class="scroll"><table>
<thead><tr><th scope="col">Tag</th><th scope="col">Attribute</th><th scope="col">Rule</th><th scope="col" class="number">Instances</th><th scope="col" class="number">Elements</th></tr></thead>
<tbody>
${condensed(rows, instances).map(attributeRow).join('\n')}
</tbody></table></div></section>`;
}

/** The attribute itself first, the sequences around it in small. */
function attributeRow({ path, keyword, rule, elements, instances, exact }: ShownRow): string {
  const tags = path.split('/');
  const words = keyword.split(' / ');
  const within = words.slice(0, -1);
  const place =
    within.length === 0
      ? ''
      : `<span class="within">in ${within.map((word) => escaped(spaced(word))).join(' › ')}</span>`;
  return `<tr><td class="tag">${escaped(tags.at(-1) ?? '')}</td><td class="path"><span class="name">${escaped(spaced(words.at(-1) ?? ''))}</span>${place}</td><td class="rule">${escaped(ruleText(rule))}</td><td class="number">${exact ? '' : 'at least '}${number(instances)}</td><td class="number">${number(elements)}</td></tr>`;
}

/** "SeriesInstanceUID" as "Series Instance UID". */
function spaced(keyword: string): string {
  return keyword.replace(/([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])/g, '$1$3 $2$4');
}

function instancesText(count: number): string {
  return `${number(count)} ${count === 1 ? 'instance' : 'instances'}`;
}
