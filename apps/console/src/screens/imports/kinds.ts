/** What can be imported, and how the columns of a table become its fields. Pure. */

export interface ImportKind {
  /** The last part of its addresses. */
  readonly path: 'assets' | 'locations' | 'scan-devices' | 'scan-points'
  /** "assets". */
  readonly noun: string
  readonly label: string
  readonly writeScope: string
  readonly readScope: string
  /** Where the list of them is. */
  readonly to: string
  /** A table that shows the columns. */
  readonly example: string
  readonly hint: string
}

export const importKinds: readonly ImportKind[] = [
  {
    ...{ path: 'assets', noun: 'assets', label: 'Assets', to: '/assets' },
    ...{ writeScope: 'assets:write', readScope: 'assets:read' },
    example: [
      'external_key,name,description,is_active,tags.rfid,tags.barcode,metadata.colour',
      'PALLET-1,Pallet 1,,true,E28011AA0001,4006381333931,red',
      'PALLET-2,"Pallet 2, large",Euro,true,E28011AA0002;E28011AA0003,,blue',
    ].join('\n'),
    hint: 'Tags stand in columns named after their kind (tags.rfid, tags.ble, tags.barcode, tags.gps), several with a semicolon between. An asset that is there gets those that it does not have yet, and keeps the others; a tag of another asset is refused, with the key of that asset.',
  },
  {
    ...{ path: 'locations', noun: 'locations', label: 'Locations', to: '/locations' },
    ...{ writeScope: 'locations:write', readScope: 'locations:read' },
    example: ['external_key,name,parent_external_key', 'SITE,Site,', 'DOCK-1,Dock 1,SITE'].join('\n'),
    hint: 'A location comes after the one that it lies in. A geofence stands as JSON in a column of that name.',
  },
  {
    ...{ path: 'scan-devices', noun: 'readers', label: 'Readers', to: '/readers' },
    ...{ writeScope: 'scan-devices:write', readScope: 'scan-devices:read' },
    example: ['external_key,name,type', 'reader-1,Reader at dock 1,csl_cs463'].join('\n'),
    hint: 'The key is what the reader calls itself in its messages.',
  },
  {
    ...{ path: 'scan-points', noun: 'antennas', label: 'Antennas', to: '/readers' },
    ...{ writeScope: 'scan-devices:write', readScope: 'scan-devices:read' },
    example: [
      'scan_device_external_key,antenna_port,kind,location_external_key',
      'reader-1,1,portal,DOCK-1',
    ].join('\n'),
    hint: 'An antenna has no key of its own: its reader and port are it.',
  },
]

export function kindOf(path: string): ImportKind | null {
  return importKinds.find((kind) => kind.path === path) ?? null
}
