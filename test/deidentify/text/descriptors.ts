/** Descriptions as devices and their users write them; none of them names anybody. */
export const descriptors: readonly string[] =
  `CT THORAX W CONTRAST 1.5mm B30f|T2 FLAIR ax 3D TE 120|C1-C7|L4/5|2D TOF 0.5x0.5|120 kV 300 mAs
5.12 Abdomen|10/2 recon|MR HEAD W/O|DR CHEST PA|PT WB CTAC|t1_mprage_sag_p2_iso_0.9|ep2d_diff_b0_1000_ADC|Head routine
Abdomen 5.0 B30f|AX T2 FSE FS|SAG T1 TSE|Localizer 3-plane|WB 18F-FDG 5 min/bed|Thorax nativ 1.0 Br40 Q3|CT Abd/Pelvis w IV contrast
XR Chest 2 views|MRT Knie links|IRM c\u00e9r\u00e9brale sans injection|TC t\u00f3rax con contraste|US Abdomen complete|MG Screening bilateral
LCC|RMLO|DWI b-values 0 50 400 800|MAR 2.0|iMAR 3|HU -1000 to 400|W 400 L 40|SE 3 IM 12|Series #3|Scan No 2|5 mm slice thickness
Lung 0.6mm LungVCAR|Sch\u00e4del nativ|Kniegelenk re. 2 Ebenen|HWS seitlich|portalven\u00f6s 70s|T1W_SE 512 x 512|360 deg rotation|gated 0-90%
COR MIP 10mm/5mm|CTA Head and Neck 0.75 H20f|b=1000 s/mm2|vol 12.5 ml at 3 ml/s|TR 2000 TE 100|flip 15deg|1/2 dose|Perfusion TTP
Patient supine|Patient prone, arms up|MR Hirn|MR ANGIO|Mr Brain|SR dose report|phase 75%|Dose Report|Patient Protocol|5/8 recon 1.25
1.25mm STND+|iDose(3)|Filter: B31f medium smooth|2.5D|Topogram 0.6 T20s|CTDIvol 12.34 mGy|DLP: 512.3 mGy*cm
ANGIO 3D 0.5x0.5x1.25|Head 512x512 10000 HU|T12/L1 transversal|C5/6/7|b0 50 100 500 1000|Abdomen 40-60 s|3D SPGR 256x256x124|FOV 240
TE 1.2/2.4 ms|Arterial 25s / Venous 70s|Becken\u00fcbersicht a.p.|H\u00fcfte li axial|\u00c9paule droite face|R\u00f3tula axial 30 60 90|Addome con mdc
ginocchio destro|Onderzoek thorax|Hjerte 4ch cine|LGE PSIR SAX 8mm|Coronary CTA 75% 0.6 Bv40|Lung nodules < 3 mm|HRCT supine exp 1.0/10.0
No acute intracranial hemorrhage|Fracture of the distal radius|Dr\u00fcsen nativ|Mrs = MR spectroscopy of the brain, TE 135 ms|SPINE LUMBAR AP+LAT`.split(
    /[|\n]/,
  );

/** Words of these are not all of the vocabulary, which is no fault of theirs. */
export const unlistedDescriptors: ReadonlySet<string> = new Set([
  'R\u00f3tula axial 30 60 90',
  'Dr\u00fcsen nativ',
]);
