import type { DataSet } from '../../dicom/data-set.ts';
import { has } from '../../dicom/values.ts';
import { textAt } from '../text.ts';

/**
 * Words of Image Type that modalities give to pictures of their screens, dose pages, worksheets and the like: parts of a
 * value, except those that are parts of harmless ones ("REFORMATTED").
 */
const screenWords =
  /SCREEN(?!ING)|CAPTURE|SAVE|DOSE|SUMMARY|REPORT|TABLE|GRAPH|PASTED|PRINT|ANNOT|BURN|PATIENT|LABEL|OVERVIEW|THUMBNAIL|SCAN(NED|NER)|DIGITI[SZ]ED|PROTOCOL|POSDISP|CHART|WORKSHEET|LEGEND|FILM|PHOTO(?!PEAK|N)|DISPLAY|SNAPSHOT|SHUTTER|FRAMEGRAB|BITMAP|(?:^|[ _])(?:FORM|INFO|TEXT|DOC|DOCUMENT|PAGE|CURVE|PLOT|LIST|LOGO|SC|SSAVE|EVENT|HARDCOPY|COPY)(?:$|[ _])/;

/** The same in Series Description, Image Comments and Derivation Description; "low dose chest" is a scan, "dose report" a page. */
const screenSeries =
  /screen\s*[-_]?\s*(?:save|shot|cap|dump)|snap\s*shot|bildschirm|capture\s+d['\s]?ecran|captura|schermata|(?:dose|exam|study|exposure)\s*(?:report|info|record|summary|page|sheet|log)|dosis\s*-?\s*(?:bericht|protokoll|info)|rapport\s+de\s+dose|patient(?:en)?\s*-?\s*(?:protocol|protokoll|info)|key\s*images?|print|report|summary|bericht|befund|work\s*sheet|pos\s*disp|scanned|digiti[sz]ed|eingescannt|hard\s*copy|secondary\s+capture|(?:photo|foto)s?(?![a-z])|document|request\s*form|consent/i;

/** Attributes of the SC Equipment module (PS3.3 C.8.6.1) and of film digitisers: the pixels came from a screen, film or another image. */
const captureTags = [
  0x00080064, 0x00181010, 0x00181011, 0x00181012, 0x00181014, 0x00181016, 0x00181017, 0x00181018, 0x00181019,
  0x0018101a, 0x0018101b, 0x00181022, 0x00181023, 0x00182010,
];

/** Makers and programs of digitisers, frame grabbers and converters: what they store may be a picture of anything. */
const captureDevices =
  /vidar|lumisys|howtek|array\s*corp|digiti[sz]|film\s*scan|frame\s*grab|captur|dicomi[sz]er|pacsgear|pacs\s*scan|medicapture|snapshot|img2dcm|dcm4che.*2dcm|jpg2dcm|pdf2dcm|dicom\s*print|xn\s*view|irfan|photoshop|gimp|imagej|paint/i;
/** Manufacturer, Manufacturer's Model Name, Software Versions. */
const deviceTags = [0x00080070, 0x00081090, 0x00181020];
/** Series Description, Image Comments, Derivation Description. */
const descriptionTags = [0x0008103e, 0x00204000, 0x00082111];

/** What in the header says that the pixels are a picture of a screen, a page or a film, in a word; undefined where nothing does. */
export function captureSign(dataSet: DataSet, imageType: readonly string[]): string | undefined {
  if (captureTags.some((tag) => has(dataSet, tag) && textAt(dataSet, tag) !== '')) return 'captured';
  if (imageType.some((value) => screenWords.test(value))) return 'Image Type';
  const [series = '', comments = '', derivation = ''] = descriptionTags.map((tag) => textAt(dataSet, tag));
  if (screenSeries.test(series)) return 'Series Description';
  if (screenSeries.test(comments) || screenSeries.test(derivation)) return 'described as captured';
  if (deviceTags.some((tag) => captureDevices.test(textAt(dataSet, tag)))) return 'capture device';
  return undefined;
}
