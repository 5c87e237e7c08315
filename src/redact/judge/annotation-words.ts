/**
 * Words that devices and technologists write on images and that say nothing of a person, beside the vocabulary of imaging.
 * Facts collected from the screens of ultrasound, CT, MR, angiography, radiography, mammography and nuclear medicine devices
 * and viewers. Folded: small letters and digits.
 */
const words = (text: string): readonly string[] =>
  text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');

/** Annotations that are what they are wherever they stand: sides, orientations, views, units, abbreviations of settings. */
export const annotationWords: ReadonlySet<string> = new Set([
  // Sides and orientation.
  ...words(`l r li re lt rt lft rgt left right links rechts gauche droite izquierda derecha izq der sinistra destra sin dx dxt
    bilat bilateral both a p h f s i ar al pr pl ra rp la lp ha hp fa fp hl hr fl fr si is sl sr il ir as ai ps pi ah af ph pf
    sa sp ia ip lh rh lf rf rah lah rph lph raf laf rpf lpf hra hla hrp hlp arh alh prh plh asl asr ail air psl psr pil pir ant
    post sup inf med lat prox dist cran caud head feet foot anterior posterior superior inferior medial lateral proximal distal`),
  // Positions, views and projections.
  ...words(`ap pa rao lao rpo lpo rld lld ll rl obl oblique axial sag sagittal cor coronal tra trans transverse trv tr long
    longitudinal lax sax plax psax a2c a3c a4c a5c 2ch 3ch 4ch 5ch apical subcostal suprasternal ssn scost supine prone
    erect upright standing sitting seated stehend liegend decubitus decub ld rd portable port mobile bedside stat weightbearing wb
    nwb flexion flex extension ext neutral internal int external inspiration insp expiration exp inhale exhale kub hfs hfp ffs ffp
    hfdr hfdl ffdr ffdl swimmers skyline sunrise merchant mortise frog table top tabletop crosstable ctl xtl xtable`),
  ...words(`cc mlo rcc lcc rmlo lmlo rml lml ml lm xccl xccm rxccl lxccl rxccm lxccm fb rfb lfb at rat lat cv rcv lcv sio rsio lsio
    id rid lid rcciD lccid rmloid lmloid rlm llm mag spot rccs lccs rmlos lmlos exaggerated implant displaced tan rl rm lmm`),
  // Units.
  ...words(`mm cm m um nm in inch ml l cc dl mg g kg ug gy cgy mgy ugy msv usv sv mbq gbq kbq bq mci uci ci hu kv kvp kev mev ma mas
    s sec secs ms us ns min mins h hr hrs hz khz mhz ghz t tesla deg db px pix pct bpm mmhg kpa pa w mw wcm2 mwcm2 cms ms ms2 cms2
    fps vps hzs mlmin lmin mls lmin lminm2 lpm gm2 gcm cm2 cm3 mm2 mm3 m2 ml2 rpm ppm gray dyn dynes dap kap mgycm mgycm2
    ugym2 gycm2 dgycm2 ugycm2 mgym2 lp lpmm x n no nr`),
  // Settings of ultrasound devices.
  ...words(`lin log tis tib tic tii mi ti fr frq freq freqs gn gain dr dyn dynr dynrg map persist persistence per pers pwr power ao aop acoustic
    output depth dep d dpt tiefe prof profondeur profundidad profondita focus foc fokus zoom zm res resol gen general pen harm thi
    hth chi fthi dthi phi tdi dti cfm cfi cf cpa cpd pd pdi dpd pw cw hprf prf wf lvr sv svd sg gate smpl angle ang steer inv
    invert invrt bmode mmode b m c cd col color colour 2d 3d 4d 5d 2dg tgc sgc sri srihd crossbeam crossxbeam cri xbeam sonoct xres
    compound comp cmp sens sensitivity edge enh enhance smooth sm avg frame average line density ld wmf filter filt wall fil
    scale base baseline bl thres threshold thr reject rej grey gray tint chroma chr dmap pmap cmap cal calc caliper dist area circ vol
    volume ellipse trace freeze frz cine clip loop bpmhr ecg resp phys preset pset tsi to tei sc ste swe elasto elast strain qlab
    auto iscan tint image img im ima imgs frm frame frames fmt live dual quad split full screen probe transducer xdcr tsp xducer xd
    linear convex curved sector phased array endocavity endovaginal ev ec tv ta tvs tas tee tte vscan abd abdo obs ob gyn gyne msk sml
    smp prt car card vasc ven art thy bre breast test uro pros ped peds neo neonatal adult pedi fetal echo rout routine early ob1
    ob2 ob3 general gena abdgen abdpen nerve superficial lung bladder aorta carotid renal vein dvt`),
  // Biometry and measurements.
  ...words(`crl bpd hc ac fl hl ga efw edd edc edb lmp ofd apad apd ttd tad gs ys nt nb afi lvp csp tcd cm cereb va vp ciso hum tib rad uln fib
    fta sd std dev dv mca ua uta ri pi sdr psv edv mdv tamax tamean tav tap vmax vmean vti pgmax pgmean maxpg meanpg pg mv av tv
    pv ava mva pht dect dt at et ef fs lv rv la ra ivsd ivss lvidd lvids lvpwd lvpws ivs lvid lvpw lvef lvot rvot ao ascao
    aov sov stj asc desc arch ivc svc tapse rvsp rap rvdd mapse edvi esv esvi edvol esvol co ci svi lvm lvmi rwt epss ee eea ea
    sprime eprime aprime e a med sept lats gls ndt hadlock hansmann jeanty rempen tokyo osaka shinozuka
    hellman teich teichholz simpson bp mod gi egd hgen hpen hres hiq by midline uterus ovary vct fd ratio rt ratios max min mean avg sdev roi roi1 roi2 pix pixel pixels count cnt sum total
    length len width wid height hgt thick thickness diam diameter dia perimeter circumference circ distance dist volume vol angle
    imt cca ica eca vert subcl bulb prox mid dist v1 v2 d1 d2 d3 l1 l2 l3 a1 a2 a3 w1 w2 h1 h2 t1 t2`),
  // Windows, counters, acquisition.
  ...words(`w l c ww wl wc wd win window width center centre level fenster lut gamma sharp se ser ser series serie im ima img image
    images imagen imagem bild bilder acq acqs acquisition inst instance slice slices sl slc sp spc spacing pos loc location tab
    table tilt gantry gt fov dfov sfov mat matrix rec recon recfov algo alg kernel kern bone soft std stnd stand standard
    lung detail chst chest body brain te tr ti tse tfe ffe gre se ir stir flair dwi adc epi flash trufi fiesta spgr fspgr
    vibe lava thrive haste propeller blade space cube fse frfse fsat fs fatsat ws etl nex nsa avg ave bw flip fa et echo echoes
    ph phase frq rf swan swi tof pc mra mrv mrcp cemra asl dti dsc dce bold snr sar wbsar sed coil head neck ncs body spine
    mip minip mpr vr vrt ssd avgip thk thin thick st thck rot rotation pitch helical axial scout topo topogram tomo surview
    surv locator localizer scan mas eff ref kvp ctdi ctdivol ctdiw dlp ssde phantom mgy wo contrast cm kontrast iv oral nativ native
    plain art arterial ven venous portal portovenous delayed delay late pre post before after rest stress phase ph1 ph2 ph3
    arrhythmia hu gap matrix zoom mag magn magnification
    page pg sheet of von de sur from to and und et y o u e the date time`),
  // Radiography, angiography, mammography.
  ...words(`ei dei di exi sid sod fid ffa grid nogrid bucky cassette plate lgm exposure exp dose mas focal spot large small lfs sfs fs
    filter cu al rh mo ag w w rh mocu fluoro fl dsa mask sub subtracted subtraction native road roadmap cine run frame pulse pulses
    rot ang cra cau cran caud lao rao rca lca lad lcx lcxa lv lvgram aortogram ak dap air kerma total comp force compression thick
    kg lb n kpa tomosynthesis dbt c-view cview ffdm tungsten rhodium molybdenum silver tube stitch stitched`),
  // Nuclear medicine and PET.
  ...words(`nm pet suv suvbw suvlbm suvmax ac nac tc99m tc f18 fdg ga68 i123 i131 in111 tl201 cts kct kcts counts cpm matrix energy
    peak energywindow ant post rao lao spect gated bullseye sa hla vla stress rest polar rotating`),
  // Vendors and their devices.
  ...words(`ge gehc philips healthcare siemens healthineers toshiba canon aloka hitachi samsung medison mindray sonosite fujifilm fuji esaote
    zonare terason ultrasonix supersonic imagine agfa agfahealthcare carestream kodak hologic lorad konica minolta shimadzu varian
    elekta picker marconi adac acuson atl hp agilent kretz kretztechnik bk brueel chison sonoscape vinno edan alpinion
    neusoft uih wisonic konicaminolta planmed planmeca sirona vatech ziehm orthoscan swissray delft oldelft sectra terarecon vital vitrea
    visage osirix horos radiant efilm merge mckesson intelerad synapse impax centricity isite intellispace syngo syngovia aw adw
    advantage workstation leonardo mxv brilliance ingenuity iqon ict somatom sensation definition emotion perspective drive
    edge flash force naeotom go lightspeed revolution optima discovery bright brightspeed hispeed prospeed aquilion aquil one prime
    activion asteion magnetom avanto aera skyra vida prisma verio trio symphony espree essenza sola lumina amira signa hdxt hdx
    explorer architect pioneer artist voyager achieva ingenia intera ambition elition gyroscan panorama vantage titan orian galan
    echelon oasis airis epiq affiniti iu22 ie33 hd11 hd11xe hd15 hd7 hd3 cx50 clearvue sparq hdi hdi3000 hdi5000 envisor sonos
    sonos5500 logiq logiqe logiq7 logiq9 voluson vivid vscan venue loqiq expert e6 e8 e9 e10 s6 s8 s10 s70 e95 e90 i q xp pro bt
    sequoia antares s1000 s2000 s3000 juniper redwood aspen cypress sc2000 x300 x500 x700 freestyle nemio xario aplio aplio300
    aplio500 i700 i800 i900 ssa ssd prosound alpha f37 f75 arietta ascendus preirus noblus avius hivision accuvix sonoace
    ugeo ws80a hs40 hs50 hs60 hs70 hera rs80 rs80a resona dc dc7 dc8 m5 m7 m9 te7 micromaxx mturbo titan edge xporte mylab mylab70
    aixplorer artis zee pheno allura azurion innova integris axiom cios arcadis oec veradius bv pulsera digitaldiagnost essential
    selenia dimensions 3dimensions senographe essential pristina mammomat inspiration revelation amulet innovality ysio multix
    drx evolution definium precision optimus eleva essenta duradiagnost`),
  // Screens and viewers.
  ...words(`ok on off yes no auto manual default normal high low mid hi lo lossy lossless compressed jpeg jpg uncompressed zoomed fit
    cine stop play pause start end next prev previous menu exit print printed save saved store stored archive preview quality
    for presentation diagnostic use only not investigational flip flipped rotated scale scaled inverted true size series
    total mean std dev info information protocol summary report dose exam type description organ region anatomy
    warning caution approx na n/a nan inf`),
]);

/** Parts of words of the vocabulary that are family or given names as well: with a name beside them they are one. */
export const ambiguousNames: ReadonlySet<string> = new Set(
  words(`young black brown white green gray grey blue long short head hand foot may april august june rose grace hope faith frank
    mark bill grant stone wood field hill bush king page price bell ball ring rich sharp small little large cross north south east
    west day week moon sun star summer winter spring fall church hall house park lake bridge lee le li ma kim lang klein gross kurz
    schwarz weiss rot braun berg bach stein wolf haas roth haupt kern kopf hals fuss bein arm herz blum petit grand blanc noir blanco
    campo mora rio luna sol paz cruz costa art pat will dean gene ray guy max min jean case colon waters ward doppler bone body neck
    vein vena lang gold silver iron steel brand major minor senior junior bright early light strong power speed swift
    joint cord amira vida sola hera leonardo juniper aspen titan vivid sequoia skyra avanto lumina elition max angel bishop mason porter potter carver fisher marshall sommer winter herbst`),
);

/** Common names that are in the vocabulary of imaging as well, after whom a sign or a method is called: a name on an image. */
export const eponyms: ReadonlySet<string> = new Set(
  words(`moore allen wells burns dixon lane lange dietrich jung bacon best browning chambers crane downs dunn duran fuller gaines gates
    greene hart harding holden horne huffman archer klein hartmann lehmann weber wagner wilson graham howell dale dean duke barton
    bell baker berry blair hill hunter king knight russell scott simmons stewart turner warren west young`).filter(
    (word) => !annotationWords.has(word) && !ambiguousNames.has(word),
  ),
);

/** Words of institutions and their departments, which make a line an address, whatever else it says. */
export const institutionWords: ReadonlySet<string> = new Set(
  words(`hospital hospitals hosp hospitalier hospitaliere hospitalario hopital hopitaux hospices ospedale ospedaliera spital krankenhaus
    klinik kliniken klinikum uniklinik universitaetsklinikum universitatsklinikum clinic clinics clinica clinicas clinique cliniques
    kliniek ziekenhuis sjukhus sjukhuset sykehus sykehuset sygehus sairaala szpital nemocnice korhaz infirmary polyclinic
    poliklinik poliklinika policlinico policlinica polyclinique praxis gemeinschaftspraxis radiologiepraxis mvz arztpraxis
    universitat university universite universidad universita universiteit universitet univ uni institut institute instituto
    istituto department dept departement departamento dipartimento abteilung abt radiology radiologie radiologia roentgen rontgen
    sonography ultrasound laboratory lab foundation trust nhs chu chru chr hcl aphp usl asl irccs chuv hug akh ukb ukd uke
    stadt kreis kreiskrankenhaus landeskrankenhaus lkh bezirk kantonsspital sanatorium surgery surgeons associates partners
    physicians group practice cabinet centro centrum zentrum ambulatorium ambulanz outpatients diagnostics diagnostik
    veterans memorial saint regional county community municipal childrens kinderspital kinderklinik frauenklinik mercy baptist
    methodist presbyterian lutheran sinai`),
);

/** Of those, words that are also written where no institution is meant: they need another one, or a strange word, beside them. */
export const weakInstitutionWords: ReadonlySet<string> = new Set(
  words(`radiology radiologie radiologia roentgen rontgen ultrasound sonography lab uni group surgery practice trust regional
    community partners stadt kreis cabinet saint mercy diagnostics diagnostik hosp abt laboratory asl chr hug dept universite
    univ foundation associates childrens bezirk surgeons physicians centro centrum zentrum memorial`),
);
