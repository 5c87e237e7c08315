/** The parts of FHIR R4 that an ImagingStudy of ours has (http://hl7.org/fhir/R4/imagingstudy.html). */
export interface FhirExtension {
  readonly url: string;
  readonly valueCode: string;
}

export interface FhirCoding {
  readonly extension?: readonly FhirExtension[];
  readonly system?: string;
  readonly code?: string;
  readonly display?: string;
}

export interface FhirIdentifier {
  readonly type?: { readonly coding: readonly FhirCoding[] };
  readonly system?: string;
  readonly value: string;
}

/** A logical reference: by identifier, not by address. */
export interface FhirReference {
  readonly extension?: readonly FhirExtension[];
  readonly type: 'Patient';
  readonly identifier?: FhirIdentifier;
}

export interface ImagingStudyInstance {
  readonly uid: string;
  readonly sopClass: FhirCoding;
  readonly number?: number;
  readonly title?: string;
}

export interface ImagingStudySeries {
  readonly uid: string;
  readonly number?: number;
  readonly modality: FhirCoding;
  readonly description?: string;
  readonly numberOfInstances?: number;
  readonly bodySite?: FhirCoding;
  readonly laterality?: FhirCoding;
  readonly started?: string;
  readonly instance?: readonly ImagingStudyInstance[];
}

export interface ImagingStudy {
  readonly resourceType: 'ImagingStudy';
  readonly id: string;
  readonly meta: { readonly security: readonly FhirCoding[] };
  readonly identifier: readonly FhirIdentifier[];
  readonly status: 'registered' | 'available';
  readonly modality?: readonly FhirCoding[];
  readonly subject: FhirReference;
  readonly started?: string;
  readonly numberOfSeries: number;
  readonly numberOfInstances: number;
  readonly description?: string;
  readonly series?: readonly ImagingStudySeries[];
}
