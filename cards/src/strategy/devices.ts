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

// Below the card of a thing that is planned for: what can be set, then this; the rest is on its device's page.
const SETTABLE = /^(switch|select|number|time)\./;
const SET_FIRST = ["deadline"];
const SEEN = ["switch_on", "vehicle_connected", "switch_power", "planned_cost"];
const OF_THE_HOME = ["mode", "replan", "plan_status", "solar_forecast_today", "solar_forecast_tomorrow"];

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

function rows(thing: Thing): Entity[] {
  const { entities } = thing;
  const those = (keys: readonly string[]): Entity[] =>
    keys.flatMap((key) => entities.filter((entity) => entity.translation_key === key));
  if (has(thing, "mode")) return those(OF_THE_HOME);
  if (!has(thing, "allowed")) return [...entities];
  const settable = entities.filter((entity) => SETTABLE.test(entity.entity_id));
  return [...new Set([...those(SET_FIRST), ...settable, ...those(SEEN)])].filter(
    (entity) => entity.translation_key !== "allowed",
  );
}

/** A section per thing: what is planned for first, with what can be set of it; then the home, then what only measures. */
export function deviceSections(found: readonly Thing[]): object[] {
  const place = (thing: Thing): number => (has(thing, "allowed") ? 0 : has(thing, "mode") ? 1 : 2);
  return found
    .toSorted((a, b) => place(a) - place(b))
    .map((thing) => {
      const planned = thing.entities.find((entity) => entity.translation_key === "allowed");
      const shown = rows(thing).map((entity) => ({
        entity: entity.entity_id,
        name: entity.name ?? thing.name,
      }));
      const list = { type: "entities", show_header_toggle: false, entities: shown };
      const card = planned && { type: "custom:merit-order-device", entity: planned.entity_id };
      const cards = card ? (shown.length > 0 ? [card, list] : [card]) : [{ ...list, title: thing.name }];
      return { type: "grid", cards };
    });
}
