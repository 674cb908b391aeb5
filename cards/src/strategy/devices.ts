/** What the strategy reads of Home Assistant's registries. */
export interface Registries {
  readonly language: string;
  readonly devices: Record<string, { id: string; name: string | null; name_by_user: string | null }>;
  readonly entities: Record<string, Entity>;
}

export interface Entity {
  readonly entity_id: string;
  readonly name?: string;
  readonly device_id?: string;
  readonly platform?: string;
  readonly translation_key?: string;
  readonly hidden?: boolean;
  readonly entity_category?: string;
}

export interface Thing {
  readonly name: string;
  readonly entities: readonly Entity[];
}

// What a person wants to see of a thing that is planned for, in this order; the rest is on its device's own page.
const PLANNED = ["allowed", "deadline", "energy_needed", "energy_kwh", "run_time", "reserve_soc"];
const SEEN = ["switch_on", "planned", "next_start", "next_end", "planned_cost"];
const OF_THE_HOME = ["mode", "replan", "plan_status", "solar_forecast_today", "solar_forecast_tomorrow"];
const LEFT_OUT = new Set(["plan", "planned_energy", "grid_import", "grid_export", "switch_energy"]);

/** Everything Merit Order has made, by the thing a person owns. What is for diagnosis is left to its own page. */
export function things(hass: Registries): Thing[] {
  const found = new Map<string, Entity[]>();
  for (const entity of Object.values(hass.entities)) {
    const device = hass.devices[entity.device_id ?? ""];
    if (entity.platform !== "merit_order" || !device || entity.hidden) continue;
    if (entity.entity_category === "diagnostic") continue;
    const name = device.name_by_user ?? device.name ?? "";
    found.set(name, [...(found.get(name) ?? []), entity]);
  }
  return [...found].map(([name, entities]) => ({ name, entities }));
}

/** Whether a thing has an entity of this kind (its translation key). */
export function has(thing: Thing, key: string): boolean {
  return thing.entities.some((entity) => entity.translation_key === key);
}

function rank(entity: Entity): number {
  const at = [...PLANNED, ...SEEN].indexOf(entity.translation_key ?? "");
  return at < 0 ? PLANNED.length : at;
}

function rows(thing: Thing): Entity[] {
  if (has(thing, "mode"))
    return OF_THE_HOME.flatMap((key) => thing.entities.filter((entity) => entity.translation_key === key));
  return thing.entities
    .filter((entity) => !LEFT_OUT.has(entity.translation_key ?? ""))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** One card per thing: what is planned for first, then the home, then what only measures. */
export function deviceCards(found: readonly Thing[]): object[] {
  const place = (thing: Thing): number => (has(thing, "allowed") ? 0 : has(thing, "mode") ? 1 : 2);
  return found
    .toSorted((a, b) => place(a) - place(b))
    .map((thing) => ({
      type: "entities",
      title: thing.name,
      show_header_toggle: false,
      entities: rows(thing).map((entity) => ({ entity: entity.entity_id, name: entity.name ?? thing.name })),
    }));
}
