/** Registers everything; nothing else happens here. */

import { HealthCard } from "./health-card/card";
import { KioskCard } from "./kiosk-card/card";
import { NeedsCard } from "./needs-card/card";
import { NowCard } from "./now-card/card";
import { Ago } from "./parts/ago";
import { PlanChart } from "./parts/chart/chart";
import { BlockDetail } from "./parts/detail";
import { FlowPicture } from "./parts/flow";
import { Summary } from "./parts/summary";
import { PlanTable } from "./parts/table";
import { PlanCard } from "./plan-card/card";
import { PriceCard } from "./price-card/card";
import { DashboardStrategy } from "./strategy/dashboard";

const ELEMENTS: Record<string, CustomElementConstructor> = {
  "merit-order-ago": Ago,
  "merit-order-plan-chart": PlanChart,
  "merit-order-block-detail": BlockDetail,
  "merit-order-flow": FlowPicture,
  "merit-order-summary": Summary,
  "merit-order-table": PlanTable,
  "merit-order-plan": PlanCard,
  "merit-order-now": NowCard,
  "merit-order-price": PriceCard,
  "merit-order-needs": NeedsCard,
  "merit-order-health": HealthCard,
  "merit-order-kiosk": KioskCard,
  "ll-strategy-dashboard-merit-order": DashboardStrategy,
};

// Home Assistant replaces the registry of elements as it starts; what was defined before that would be lost.
customElements.whenDefined("home-assistant").then(() => {
  for (const [name, element] of Object.entries(ELEMENTS)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
});

const offered = window as unknown as { customCards?: object[]; customStrategies?: object[] };
offered.customCards ??= [];
offered.customCards.push(
  {
    type: "merit-order-plan",
    name: "Merit Order: plan",
    description: "Prices, sun, home, battery and everything that is planned, on one time axis",
    preview: true,
  },
  {
    type: "merit-order-now",
    name: "Merit Order: now",
    description: "What power costs, what the home does and why, and what feeds what",
    preview: true,
  },
  {
    type: "merit-order-price",
    name: "Merit Order: price",
    description: "The price now and next, and the cheapest time to start something",
    preview: true,
  },
  {
    type: "merit-order-needs",
    name: "Merit Order: needs",
    description: "What the household needs and by when, and whether it can be met",
    preview: true,
  },
  {
    type: "merit-order-health",
    name: "Merit Order: health",
    description: "What the plan rests on, who is in charge, and what is to be mended",
    preview: true,
  },
  {
    type: "merit-order-kiosk",
    name: "Merit Order: wall panel",
    description: "Price, money an hour, what runs and why, what comes: to be read from two metres",
    preview: true,
  },
);
offered.customStrategies ??= [];
offered.customStrategies.push({
  type: "merit-order",
  strategyType: "dashboard",
  name: "Merit Order",
  description: "Now, plan, devices, savings and health, from what is configured; and a wall panel",
});
