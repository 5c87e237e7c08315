import type { ElementAction } from './decision.ts';
import type { OptionActions, ProfileOption } from './rules.ts';

/** What an option makes of an attribute in place of the basic action. */
export interface OptionAction {
  readonly option: ProfileOption;
  readonly action: ElementAction;
}

const deviceIdentity: ProfileOption = 'retainDeviceIdentity';
const modifiedDates: ProfileOption = 'retainLongModifiedDates';

/** Scheduled dates of treatments: K under device identity looks like a slip of the table; nothing of a device is in it. */
const notOfDevice: ReadonlySet<string> = new Set(['300C,0127']);

/**
 * What the options make of a row of the tables; undefined where none says anything, and the basic action holds.
 *
 * PS3.15 E.3 gives no order among options. Where one keeps and another cleans, cleaning wins: a true date of a device
 * beside shifted ones would bound the shift. `trueDeviceDates` is the explicit policy for the other way.
 */
export function optionAction(
  row: { readonly tag: string; readonly vr: string; readonly options: OptionActions },
  options: ReadonlySet<ProfileOption>,
  trueDeviceDates: boolean,
): OptionAction | undefined {
  let kept: OptionAction | undefined;
  let cleaned: OptionAction | undefined;
  for (const [name, code] of Object.entries(row.options)) {
    const option = name as ProfileOption;
    if (!options.has(option) || (option === deviceIdentity && notOfDevice.has(row.tag))) continue;
    if (code === 'K') kept ??= { option, action: keeping(row.vr) };
    else cleaned ??= cleaning(option, row.vr);
  }
  if (trueDeviceDates && cleaned?.option === modifiedDates && kept?.option === deviceIdentity) return kept;
  return cleaned ?? kept;
}

/** K: what stays is looked at by its VR all the same. */
function keeping(vr: string): ElementAction {
  switch (vr) {
    case 'DA':
    case 'DT':
    case 'TM':
      return 'keepDate';
    case 'UI':
      return 'keepUid';
    case 'AS':
      return 'keepAge';
    default:
      return 'K';
  }
}

/** C: what cleaning means follows from the option and the VR; undefined where there is nothing to clean. */
function cleaning(option: ProfileOption, vr: string): OptionAction | undefined {
  if (vr === 'SQ') return { option, action: 'K' };
  switch (option) {
    case 'retainLongModifiedDates':
      if (vr === 'DA' || vr === 'DT') return { option, action: 'shift' };
      // Whole weeks are shifted, so that a time of day and its zone stay true.
      if (vr === 'TM' || vr === 'SH') return { option, action: 'keepDate' };
      return undefined;
    case 'cleanDescriptors':
    case 'retainPatientCharacteristics':
      return vr === 'OB' ? undefined : { option, action: 'clean' };
    case 'retainDeviceIdentity':
      // Application entity titles of devices: kept unless they repeat an identifier.
      return { option, action: 'K' };
    default:
      // Overlays: bits that nobody can read are not clean; the plane goes as in the basic profile.
      return undefined;
  }
}
