import { peerProgram } from './peers.ts';
import { run } from './run.ts';

/** Where the text of `burnedInImages` stands: left, top, width, height of each line, generously. */
export const textAreas = [
  { left: 6, top: 6, width: 300, height: 26 },
  { left: 6, top: 196, width: 220, height: 26 },
] as const;
/** What it says; the first two are in the header too. */
export const burnedInWords = ['QUILLFEATHER', 'ZX9081726', '27.11.1963'] as const;
export const columns = 320;
export const rows = 240;

const program = `
import sys, datetime
import numpy
from PIL import Image, ImageDraw, ImageFont
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
folder = sys.argv[1]
font = ImageFont.truetype('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 18)

def picture(color):
    y, x = numpy.mgrid[0:240, 0:320]
    fan = (((x - 160) ** 2 + (y - 30) ** 2 < 150 ** 2) & (abs(x - 160) < (y - 30) * 0.8)).astype(float)
    grey = fan * (70 + 50 * numpy.sin(x / 19.0) * numpy.cos(y / 23.0))
    image = Image.fromarray(grey.astype(numpy.uint8)).convert('RGB' if color else 'L')
    draw = ImageDraw.Draw(image)
    ink = (255, 255, 255) if color else 255
    draw.text((10, 8), 'QUILLFEATHER^O ZX9081726', fill=ink, font=font)
    draw.text((10, 198), 'born 27.11.1963', fill=ink, font=font)
    return numpy.asarray(image)

study = generate_uid()
def write(name, sop_class, modality, frames, color):
    d = Dataset()
    d.file_meta = FileMetaDataset()
    d.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    d.is_little_endian, d.is_implicit_VR = True, False
    d.SOPClassUID, d.SOPInstanceUID = sop_class, generate_uid()
    d.file_meta.MediaStorageSOPClassUID, d.file_meta.MediaStorageSOPInstanceUID = d.SOPClassUID, d.SOPInstanceUID
    d.StudyInstanceUID, d.SeriesInstanceUID = study, generate_uid()
    d.PatientName, d.PatientID, d.PatientBirthDate = 'Quillfeather^Ottoline', 'ZX9081726', '19631127'
    d.Modality, d.StudyDate, d.StudyTime, d.AccessionNumber = modality, '20240119', '112951', 'ACC5567788'
    d.ReferringPhysicianName, d.StudyID, d.SeriesNumber, d.InstanceNumber, d.PatientSex = '', '1', 1, 1, 'F'
    d.ImageType = ['ORIGINAL', 'PRIMARY']
    if modality == 'OT': d.ConversionType = 'WSD'
    stack = numpy.stack([picture(color)] * frames)
    d.Rows, d.Columns = 240, 320
    d.SamplesPerPixel, d.PhotometricInterpretation = (3, 'RGB') if color else (1, 'MONOCHROME2')
    if color: d.PlanarConfiguration = 0
    d.BitsAllocated, d.BitsStored, d.HighBit, d.PixelRepresentation = 8, 8, 7, 0
    if frames > 1:
        d.NumberOfFrames = frames
        d.FrameTime = 40
        d.FrameIncrementPointer = 0x00181063
    d.BurnedInAnnotation = 'NO'
    d.PixelData = stack.tobytes()
    d.save_as(folder + '/' + name, write_like_original=False)

write('capture.dcm', '1.2.840.10008.5.1.4.1.1.7', 'OT', 1, True)
write('ultrasound.dcm', '1.2.840.10008.5.1.4.1.1.3.1', 'US', 3, False)
`;

/**
 * Writes `capture.dcm` (colour) and `ultrasound.dcm` (three frames, grey) with a name, a number and a birth date drawn into
 * the pixels by PIL, and Burned In Annotation NO. Invented identifiers.
 */
export async function burnedInImages(folder: string): Promise<void> {
  const { exitCode, output } = await run(peerProgram('pydicom'), ['-P', '-c', program, folder]);
  if (exitCode !== 0) throw new Error(`python ended with ${exitCode}: ${output.slice(-2000)}`);
}

/** What tesseract reads in a picture, letters and digits only. */
export async function readByTesseract(path: string): Promise<string> {
  const { exitCode, output } = await run(peerProgram('tesseract'), [path, 'stdout', '--psm', '11'], {
    env: { OMP_THREAD_LIMIT: '1' },
  });
  if (exitCode !== 0) throw new Error(`tesseract ended with ${exitCode}`);
  return output
    .split('\n')
    .filter((line) => !/^(Estimating|Detected|Warning|Empty page)/.test(line))
    .join('\n')
    .replaceAll(/[^A-Za-z0-9.\n]/g, '');
}
