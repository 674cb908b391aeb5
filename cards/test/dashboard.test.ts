import { describe, expect, it } from "vitest";
import { deviceSections, type Registries, things } from "../src/strategy/devices";
import { views } from "../src/strategy/views";
import { t } from "./home";

const entity = (entity_id: string, device_id: string, translation_key: string, more: object = {}) => ({
  [entity_id]: {
    entity_id,
    device_id,
    translation_key,
    platform: "merit_order",
    name: translation_key,
    ...more,
  },
});
const device = (id: string, name: string) => ({ [id]: { id, name, name_by_user: null } });

const HOME: Registries = {
  language: "en",
  devices: {
    ...device("home", "Home"),
    ...device("meter", "Meter"),
    ...device("boiler", "Boiler"),
    ...device("lamp", "Lamp"),
  },
  entities: {
    ...entity("sensor.grid_power", "meter", "grid_power"),
    ...entity("select.mode", "home", "mode"),
    ...entity("sensor.price", "home", "price_now"),
    ...entity("sensor.next", "boiler", "next_start"),
    ...entity("calendar.boiler", "boiler", "plan"),
    ...entity("switch.allowed", "boiler", "allowed"),
    ...entity("sensor.age", "boiler", "age", { entity_category: "diagnostic" }),
    ...entity("light.lamp", "lamp", "lamp", { platform: "hue" }),
  },
};

interface View {
  readonly path: string;
}

const paths = (home: Registries): string[] => (views(things(home), t) as View[]).map((view) => view.path);

function changed(change: Registries["entities"], without: readonly string[] = []): Registries {
  const kept = Object.entries(HOME.entities).filter(([id]) => !without.includes(id));
  return { ...HOME, entities: { ...Object.fromEntries(kept), ...change } };
}

describe("devices", () => {
  it("have a section each: what is planned for first, with what can be set of it", () => {
    const heated = changed(entity("time.by", "boiler", "deadline"));
    expect(deviceSections(things(heated))).toMatchObject([
      {
        cards: [
          { type: "custom:merit-order-device", entity: "switch.allowed" },
          { entities: [{ entity: "time.by" }] },
        ],
      },
      { cards: [{ title: "Home", entities: [{ entity: "select.mode" }] }] },
      { cards: [{ title: "Meter", entities: [{ entity: "sensor.grid_power" }] }] },
    ]);
  });

  it("leave out what is for diagnosis, hidden, or of others", () => {
    const hidden = changed(entity("sensor.hidden", "meter", "solar_power", { hidden: true }));
    expect(JSON.stringify(deviceSections(things(hidden)))).not.toMatch(/sensor\.(age|hidden)|light\.lamp/);
  });
});

describe("views", () => {
  it("are those the home has something for", () => {
    expect(paths(HOME)).toEqual(["now", "plan", "devices", "health", "kiosk"]);
    expect(paths(changed(entity("sensor.saved", "home", "savings_total")))).toContain("savings");
    const charged = changed(entity("sensor.charge", "home", "demand_charge"));
    expect(JSON.stringify(views(things(charged), t))).toContain("merit-order-capacity");
    expect(JSON.stringify(views(things(HOME), t))).not.toContain("merit-order-capacity");
    expect(paths({ ...HOME, entities: {} })).toEqual(["now", "plan", "kiosk"]);
  });

  it("ask for needs only where something can be asked of", () => {
    expect(JSON.stringify(views(things(HOME), t))).toContain("merit-order-needs");
    expect(JSON.stringify(views(things(changed({}, ["switch.allowed"])), t))).not.toContain(
      "merit-order-needs",
    );
    const battery = changed(entity("number.reserve", "boiler", "reserve_soc"));
    expect(JSON.stringify(views(things(battery), t))).not.toContain("merit-order-needs");
  });
});
