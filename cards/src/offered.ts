/** What is offered in Home Assistant's card picker, and which of our entities suggest which card. */

/** The parts of the frontend object that a suggestion looks at. */
interface Registry {
  readonly entities?: Record<string, { platform?: string; translation_key?: string } | undefined>;
}

interface Suggestion {
  readonly config: { readonly type: string };
}

interface Offered {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  /** Translation keys of our entities that this card shows better than a plain row does. */
  readonly shows: readonly string[];
}

const CARDS: readonly Offered[] = [
  {
    type: "merit-order-plan",
    name: "Merit Order: plan",
    description:
      "Prices, sun, home, battery and everything that is planned, on one time axis, with the past beside it",
    shows: ["plan", "planned", "next_start", "next_end", "allowed", "plan_status"],
  },
  {
    type: "merit-order-now",
    name: "Merit Order: now",
    description: "What power costs, what the home does and why, and what feeds what",
    shows: ["mode", "cost_per_hour", "home_load"],
  },
  {
    type: "merit-order-price",
    name: "Merit Order: price",
    description: "The price now and next, and the cheapest time to start something",
    shows: ["price_now", "export_price_now", "next_price", "price_level"],
  },
  {
    type: "merit-order-tile",
    name: "Merit Order: price tile",
    description: "The price in the size of a tile, and when to start something for how much",
    shows: ["price_now", "next_price", "price_level"],
  },
  {
    type: "merit-order-needs",
    name: "Merit Order: needs",
    description: "What the household needs and by when, and whether it can be met",
    shows: ["energy_needed", "run_minutes", "deadline"],
  },
  {
    type: "merit-order-savings",
    name: "Merit Order: savings",
    description: "What was saved today, this month and this year, by day and by device",
    shows: ["savings_today", "savings_month", "savings_total"],
  },
  {
    type: "merit-order-capacity",
    name: "Merit Order: peak",
    description: "Where the running quarter hour is heading, the month's peak and what a higher one costs",
    shows: ["demand_so_far", "demand_heading", "demand_allowed", "demand_peak", "demand_charge"],
  },
  {
    type: "merit-order-scorecard",
    name: "Merit Order: forecasts",
    description: "How well the forecasts held up that the plan rests on",
    shows: ["forecast_error", "forecast_bias", "scorecard"],
  },
  {
    type: "merit-order-health",
    name: "Merit Order: health",
    description: "What the plan rests on, who is in charge, and what is to be mended",
    shows: ["activity", "plan_status"],
  },
  {
    type: "merit-order-kiosk",
    name: "Merit Order: wall panel",
    description: "Price, money an hour, what runs and why, what comes: to be read from two metres",
    shows: [],
  },
];

/** The entries of `window.customCards`. */
export function offeredCards(): object[] {
  return CARDS.map(({ type, name, description, shows }) => ({
    type,
    name,
    description,
    preview: true,
    getEntitySuggestion: (hass: Registry, entityId: string): Suggestion | null => {
      const entity = hass.entities?.[entityId];
      const suits = entity?.platform === "merit_order" && shows.includes(entity.translation_key ?? "");
      return suits ? { config: { type: `custom:${type}` } } : null;
    },
  }));
}
