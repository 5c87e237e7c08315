import t from 'tap';
import { identifyingIn } from '../../../src/redact/judge/identifying-in.ts';
import { contextOf, goes, line } from './found.ts';

/** What screens of devices print beside the image, one line each. */
const screens: Readonly<Record<string, string>> = {
  ultrasound: `
    Philips Healthcare
    PHILIPS OB
    GE LOGIQ E9
    Voluson E8
    SIEMENS ACUSON S2000
    TOSHIBA Aplio 500
    ALOKA Prosound
    SAMSUNG MEDISON
    Mindray DC-7
    TIS0.8 MI 1.0
    TIS 0.4 MI 1.2
    TIB:0.2 TIC:0.9
    MI: 0.8
    X5-1
    C5-2
    C5-2/Abd
    L12-3
    9L
    4C-RS
    48Hz
    17cm
    2D
    Gn 45
    C 50
    3/2/0
    75 mm/s
    FR 25Hz 12.0cm
    FR 38Hz
    M3
    +61.6
    -61.6 cm/s
    Adult Echo
    1 LVIDd 4.5 cm
    EF(Teich) 55 %
    AO/LA 1.2
    AO% 100
    CHI Frq 4.0 Gn 50 S/A 3/2 Map H/0 D 15.0 DR 66
    Gain 60%
    Gain: 12 dB
    Depth 15.0 cm
    DR 60 dB
    Dyn R 55
    Persist Med
    2D Opt: Gen
    Fr Rate: High
    WF 110Hz
    PRF 4.0kHz
    PW 50% 2.5MHz
    SV 4.0mm
    Angle 60
    PSV 85.3 cm/s
    EDV -12.3 cm/s
    PI 1.20 RI 0.65
    RI 0.72
    Vmax 1.23 m/s
    Max PG 12 mmHg
    HR 72 bpm
    BPD 4.56 cm
    HC 17.2 cm
    GA 23w4d
    GA by LMP 23w4d
    EFW 1234g
    CRL 5.43 cm 12w1d
    D1 3.25cm
    Dist A 2.1 cm
    Area 12.3 cm2
    Vol 123.4 ml
    RT KIDNEY LONG
    Left Lobe Liver TRV
    SAG MIDLINE UTERUS
    GALLBLADDER
    THYROID RIGHT TRANS
    CCA PROX
    Rt Ovary
    Freq 5.0 MHz
    PWR 100%
    Res
    THI
    Harm
    Zoom 1.2
    Compress 3
    Edge 2
    Pen`,
  sections: `
    R
    L
    A
    P
    H
    F
    AR
    PL
    HFS
    W 400 L 40
    WW: 350 WL: 50
    W:1500 L:-600
    C 40 W 400
    kVp 120 mA 200
    120 kV
    250 mAs
    ST 5.0mm
    Thk 1.25 mm
    DFOV 25.0cm
    FoV 350 mm
    TR 2000 TE 90
    TE: 15 TR: 500
    TI 150 ms
    Im: 12/45
    Img 12 of 45
    Se: 3
    SE:3 IM:12
    Slice 5.00 mm
    SP: -123.4
    Pos I123.5
    Kernel B30f
    Zoom 120%
    Axial
    SAG T1
    T2 FLAIR
    MIP
    Tilt 0.0
    512x512
    0.5x0.5x1.25mm
    Lossy 10:1
    HU -1024
    Mean 45.2 SD 12.3
    10 cm
    CTDIvol 12.3 mGy
    DLP 456.7 mGycm
    Siemens SOMATOM Definition
    GE LightSpeed VCT
    CONTRAST
    C-`,
  projections: `
    RMLO
    LCC
    L MLO
    R CC
    AP
    PA
    LAT
    AP SUPINE PORTABLE
    ERECT
    LEFT
    RT
    DECUBITUS
    WEIGHT BEARING
    LAO 30
    RAO 15 CRAN 20
    LAO 30 CAUD 15
    75 kV 320 mA 6 ms
    15 fps
    FD 20 cm
    SID 110
    CHEST PA
    INSPIRATION`,
};

const context = contextOf();

/** Most harmless lines that may lose a word. */
const mostLost = 0.02;

for (const [screen, text] of Object.entries(screens)) {
  const lines = text
    .split('\n')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  t.test(`annotations stay: ${screen}`, async (t) => {
    const lost = lines.filter((one) => goes(one, context).length > 0);
    t.strictSame(lost.slice(0, Math.max(0, lost.length - Math.floor(lines.length * mostLost))), []);
  });
  t.test(`the second look is content with them: ${screen}`, async (t) => {
    t.strictSame(
      lines.filter((one) => identifyingIn([line(one)], context, 'identifying')),
      [],
    );
  });
}
