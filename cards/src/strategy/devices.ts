/** What the strategy reads of Home Assistant's registries. */
export interface Registries {
  readonly language: string;
  readonly devices: Record<string, { id: string; name: string | null; name_by_user: string | null }>;
  readonly entities: Record<
    string,
    {
      entity_id: string;
      name?: string;
      device_id?: string;
      platform?: string;
      hidden?: boolean;
      entity_category?: string;
    }
  >;
}

const SETTABLE = /^(switch|select|number|time|button)\./;

/** One card per thing a person owns, what can be set first; what is for diagnosis is left to its own page. */
export function deviceCards(hass: Registries): object[] {
  const things = new Map<string, { entity: string; name: string }[]>();
  for (const entity of Object.values(hass.entities)) {
    const device = hass.devices[entity.device_id ?? ""];
    if (entity.platform !== "merit_order" || !device || entity.hidden) continue;
    if (entity.entity_category === "diagnostic") continue;
    const thing = device.name_by_user ?? device.name ?? "";
    const row = { entity: entity.entity_id, name: entity.name ?? thing };
    things.set(thing, [...(things.get(thing) ?? []), row]);
  }
  const settable = (row: { entity: string }): number => (SETTABLE.test(row.entity) ? 0 : 1);
  return [...things].map(([title, rows]) => ({
    type: "entities",
    title,
    show_header_toggle: false,
    entities: rows.sort((a, b) => settable(a) - settable(b)),
  }));
}
