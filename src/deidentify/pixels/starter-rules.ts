import type { DeviceRule, DeviceTest } from './pixel-policy.ts';

/**
 * Device rules that come with the product: where known machines write names, by facts that users of CTP and of pydicom/deid
 * have published about their own images. They add to the text search and take nothing away from it: a banner is blanked
 * also where a letter of it could not be found. Each asks for the height of the image, so that a banner is blanked only
 * where it was seen. Of projection images, where anatomy reaches to the edge, none is blanked unseen: they are searched.
 */

const provenance = 'published observations of users of CTP and pydicom/deid; not confirmed by the maker';

const tags = {
  imageType: '00080008',
  modality: '00080060',
  manufacturer: '00080070',
  seriesDescription: '0008103E',
  model: '00081090',
  rows: '00280010',
  columns: '00280011',
  windowWidth: '00281051',
  overlayDescription: '60000022',
} as const;

const equals = (tag: string, ...values: readonly string[]): DeviceTest => ({ tag, is: 'equals', values });
const contains = (tag: string, ...values: readonly string[]): DeviceTest => ({ tag, is: 'contains', values });

/** Rows of the image, rows of the banner at its top; columns where the same height has several widths. */
type Banner = readonly [rows: number, height: number, columns?: number];

interface Scanner {
  readonly maker: string;
  readonly model: string;
  readonly banners: readonly Banner[];
}

const ultrasound: readonly Scanner[] = [
  { maker: 'GE', model: 'LOGIQ9', banners: [[480, 40, 640]] },
  { maker: 'GE', model: 'LOGIQE9', banners: [[720, 70, 960]] },
  { maker: 'GE', model: 'V830', banners: [[720, 70, 960]] },
  { maker: 'GE', model: 'LOGIQE', banners: [[614, 75]] },
  { maker: 'GE', model: 'LOGIQP', banners: [[614, 67]] },
  { maker: 'GE', model: 'LOGIQ7', banners: [[989, 24]] },
  { maker: 'GE', model: 'LOGIQ S6', banners: [[768, 80]] },
  { maker: 'GE', model: 'LOGIQS7', banners: [[720, 67]] },
  {
    maker: 'GE',
    model: 'LOGIQS8',
    banners: [
      [720, 50],
      [768, 60],
      [819, 57],
      [873, 65],
    ],
  },
  { maker: 'GE', model: 'Voluson P8', banners: [[727, 65]] },
  {
    maker: 'GE',
    model: 'Voluson S',
    banners: [
      [600, 62],
      [743, 62],
      [852, 62],
    ],
  },
  { maker: 'Kretz', model: 'V730', banners: [[600, 80]] },
  {
    maker: 'Philips',
    model: 'iU22',
    banners: [
      [480, 47],
      [600, 59],
      [768, 75],
    ],
  },
  {
    maker: 'Philips',
    model: 'EPIQ',
    banners: [
      [600, 49],
      [768, 49],
      [825, 59],
    ],
  },
  { maker: 'Philips', model: 'CX50', banners: [[600, 59]] },
  {
    maker: 'Philips',
    model: 'Affiniti',
    banners: [
      [768, 22],
      [825, 70],
    ],
  },
  { maker: 'Philips', model: 'ClearVue', banners: [[600, 22]] },
  { maker: 'ATL', model: 'HDI 5000', banners: [[476, 40, 640]] },
  { maker: 'ATL', model: 'HDI4000', banners: [[480, 62]] },
  { maker: 'Siemens', model: 'Antares', banners: [[768, 60, 1024]] },
  { maker: 'Siemens', model: 'S2000', banners: [[768, 60, 1024]] },
  { maker: 'Siemens', model: 'S3000', banners: [[768, 60]] },
  { maker: 'Siemens', model: 'ACUSON', banners: [[600, 43, 800]] },
  { maker: 'Siemens', model: 'ACUSON NX3', banners: [[768, 58]] },
  { maker: 'Siemens', model: 'X150', banners: [[600, 50]] },
  { maker: 'Siemens', model: 'G40', banners: [[600, 45]] },
  { maker: 'Acuson', model: 'Sequoia', banners: [[480, 30, 640]] },
  { maker: 'Toshiba', model: 'A400', banners: [[720, 60, 960]] },
  {
    maker: 'Toshiba',
    model: 'A500',
    banners: [
      [632, 60],
      [720, 60, 960],
      [903, 50],
    ],
  },
  {
    maker: 'Toshiba',
    model: 'TUS-A300',
    banners: [
      [632, 72],
      [720, 68],
    ],
  },
  { maker: 'Zonare', model: 'Z_ONE', banners: [[600, 65]] },
  { maker: 'Zonare', model: 'ZS3', banners: [[600, 55]] },
  { maker: 'SuperSonic', model: 'Aixplorer', banners: [[1050, 89, 1400]] },
  { maker: 'Esaote', model: '6100', banners: [[608, 52]] },
  {
    maker: 'Esaote',
    model: '6150',
    banners: [
      [555, 72],
      [608, 72],
      [804, 45],
    ],
  },
  { maker: 'Medison', model: 'Accuvix V20', banners: [[768, 65]] },
  { maker: 'Medison', model: 'SonoAce R7', banners: [[768, 60]] },
  { maker: 'Samsung', model: 'SonoAce R7', banners: [[768, 60]] },
  { maker: 'Samsung', model: 'UGEO H60', banners: [[720, 70]] },
  { maker: 'Mindray', model: 'M6', banners: [[600, 75]] },
  {
    maker: 'Mindray',
    model: 'M7',
    banners: [
      [600, 50],
      [768, 80],
    ],
  },
  { maker: 'Mindray', model: 'M9', banners: [[910, 60]] },
  { maker: 'Mindray', model: 'Z5', banners: [[600, 62]] },
  { maker: 'Mindray', model: 'DC-8', banners: [[900, 60]] },
  { maker: 'Hitachi', model: 'Preirus', banners: [[768, 60]] },
  { maker: 'Hitachi', model: 'Avius', banners: [[768, 74]] },
  { maker: 'Hitachi', model: 'ProSound F75', banners: [[768, 50]] },
  { maker: 'Chison', model: 'q9', banners: [[568, 80]] },
  {
    maker: 'Ultrasonix',
    model: 'SONIX',
    banners: [
      [600, 60],
      [768, 60],
    ],
  },
  {
    maker: 'SENO',
    model: '',
    banners: [
      [1056, 50, 1920],
      [1058, 50, 1920],
    ],
  },
];

function bannerRule({ maker, model }: Scanner, [rows, height, columns]: Banner): DeviceRule {
  const size = columns === undefined ? `${rows} rows` : `${columns} x ${rows}`;
  return {
    name: `ultrasound banner: ${[maker, model].filter((word) => word !== '').join(' ')}, ${size}`,
    provenance,
    when: {
      all: [
        equals(tags.modality, 'US'),
        contains(tags.manufacturer, maker),
        ...(model === '' ? [] : [contains(tags.model, model)]),
        equals(tags.rows, String(rows)),
        ...(columns === undefined ? [] : [equals(tags.columns, String(columns))]),
      ],
    },
    action: 'blank',
    rectangles: [{ left: 0, top: 0, width: 0, height }],
  };
}

/** Pages of known layout: bands at top and bottom, blanked; the rest of the page is searched. */
function page(
  name: string,
  tests: readonly DeviceTest[],
  bands: readonly [top: number, height: number][],
): DeviceRule[] {
  return [
    {
      name,
      provenance,
      when: { all: tests },
      action: 'blank',
      rectangles: bands.map(([top, height]) => ({ left: 0, top, width: 0, height })),
    },
    treated(`${name}: search`, ...tests),
  ];
}

function treated(name: string, ...tests: readonly DeviceTest[]): DeviceRule {
  return { name, provenance, when: { all: tests }, action: 'treat', rectangles: [] };
}

const siemensPage = (rows: number): DeviceTest[] => [
  equals(tags.modality, 'NM'),
  contains(tags.manufacturer, 'Siemens'),
  contains(tags.imageType, 'SECONDARY'),
  equals(tags.rows, String(rows)),
];

/** Rules that come with the product. */
export const starterRules: readonly DeviceRule[] = [
  ...ultrasound.flatMap((scanner) => scanner.banners.map((banner) => bannerRule(scanner, banner))),
  ...page('nuclear medicine page: Siemens, 860 rows', siemensPage(860), [
    [0, 90],
    [780, 80],
  ]),
  ...page('nuclear medicine page: Siemens, 865 rows', siemensPage(865), [[0, 35]]),
  ...page('nuclear medicine page: Siemens, 882 rows', siemensPage(882), [[0, 65]]),
  ...page(
    'page: ADAC, 1024 x 832',
    [contains(tags.manufacturer, 'ADAC'), equals(tags.rows, '832'), equals(tags.columns, '1024')],
    [
      [0, 80],
      [762, 70],
    ],
  ),
  treated(
    'page: Philips GEMINI',
    equals(tags.modality, 'PT'),
    contains(tags.manufacturer, 'Philips'),
    contains(tags.model, 'GEMINI'),
    equals(tags.rows, '373', '445', '446'),
  ),
  treated(
    'dose page: Toshiba Aquilion ONE',
    equals(tags.modality, 'CT'),
    contains(tags.manufacturer, 'Toshiba'),
    contains(tags.model, 'Aquilion ONE'),
    contains(tags.imageType, 'SECONDARY'),
    equals(tags.windowWidth, '1'),
  ),
  treated(
    'secondary CT image of 860 rows: Siemens',
    equals(tags.modality, 'CT'),
    contains(tags.manufacturer, 'Siemens'),
    contains(tags.imageType, 'SECONDARY'),
    equals(tags.rows, '860'),
  ),
  treated(
    'volume rendering: GE',
    contains(tags.manufacturer, 'GE'),
    contains(tags.imageType, 'VOLREN', 'VXTL'),
  ),
  treated('injection profile: MEDRAD', contains(tags.seriesDescription, 'MEDRAD')),
  treated(
    'radiograph with text at its edges: Canon CXDI, 2592 rows',
    contains(tags.manufacturer, 'Canon'),
    contains(tags.model, 'CXDI'),
    equals(tags.rows, '2592'),
  ),
  treated(
    'graphics in an overlay: Siemens',
    contains(tags.overlayDescription, 'Siemens MedCom Object Graphics'),
  ),
];
