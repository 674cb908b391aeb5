/** What is offered in Home Assistant's card picker, and which of our entities suggest which card. */

import { type Translate, translator } from "./i18n/translate";
import { pageLanguage } from "./parts/form";

const PREFIX = "merit-order-";
const MANUAL = "https://github.com/merit-order/merit_order/blob/main/docs/cards.md";
const t = (): Translate => translator(pageLanguage());

/** The parts of the frontend object that a suggestion looks at. */
interface Registry {
  readonly entities?: Record<string, { platform?: string; translation_key?: string } | undefined>;
}

interface Suggestion {
  readonly config: { readonly type: string; readonly entity?: string };
}

type Type =
  | "plan"
  | "now"
  | "price"
  | "tile"
  | "device"
  | "needs"
  | "savings"
  | "capacity"
  | "scorecard"
  | "health"
  | "kiosk";

interface Offered {
  /** Its words are "offer.<type>" and "offer.<type>.text". */
  readonly type: Type;
  /** Translation keys of our entities that this card shows better than a plain row does. */
  readonly shows: readonly string[];
}

const CARDS: readonly Offered[] = [
  {
    type: "plan",
    shows: ["plan", "next_start", "next_end", "plan_status"],
  },
  {
    type: "now",
    shows: ["mode", "cost_per_hour", "home_load"],
  },
  {
    type: "price",
    shows: ["price_now", "export_price_now", "next_price", "price_level"],
  },
  {
    type: "tile",
    shows: ["price_now", "next_price", "price_level"],
  },
  {
    type: "device",
    shows: ["allowed", "planned"],
  },
  {
    type: "needs",
    shows: ["energy_needed", "run_minutes", "deadline"],
  },
  {
    type: "savings",
    shows: ["savings_today", "savings_month", "savings_year", "savings_total"],
  },
  {
    type: "capacity",
    shows: ["demand_so_far", "demand_heading", "demand_allowed", "demand_peak", "demand_charge"],
  },
  {
    type: "scorecard",
    shows: ["solar", "roof", "load", "price", "export_price", "temperature"].map(
      (kind) => `${kind}_forecast_quality`,
    ),
  },
  {
    type: "health",
    shows: ["activity", "plan_status"],
  },
  {
    type: "kiosk",
    shows: [],
  },
];

/** The entries of `window.customCards`. */
export function offeredCards(): object[] {
  return CARDS.map(({ type, shows }) => ({
    type: `${PREFIX}${type}`,
    // Read when the picker opens: by then the person's language is known.
    get name() {
      return t()(`offer.${type}`);
    },
    get description() {
      return t()(`offer.${type}.text`);
    },
    documentationURL: MANUAL,
    preview: true,
    getEntitySuggestion: (hass: Registry, entityId: string): Suggestion | null => {
      const entity = hass.entities?.[entityId];
      const suits = entity?.platform === "merit_order" && shows.includes(entity.translation_key ?? "");
      const about = type === "device" ? { entity: entityId } : {};
      return suits ? { config: { type: `custom:${PREFIX}${type}`, ...about } } : null;
    },
  }));
}

/** The entry of `window.customStrategies`. */
export function offeredStrategy(): object {
  return {
    type: "merit-order",
    strategyType: "dashboard",
    name: "Merit Order",
    get description() {
      return t()("offer.dashboard.text");
    },
    documentationURL: MANUAL,
  };
}
