/** Registers everything; nothing else happens here. */

import { CapacityCard } from "./capacity-card/card";
import { DeviceCard } from "./device-card/card";
import { HealthCard } from "./health-card/card";
import { KioskCard } from "./kiosk-card/card";
import { NeedsCard } from "./needs-card/card";
import { NowCard } from "./now-card/card";
import { offeredCards, offeredStrategy } from "./offered";
import { Ago } from "./parts/ago";
import { MoneyBars } from "./parts/bars";
import { PlanChart } from "./parts/chart/chart";
import { BlockDetail } from "./parts/detail";
import { FlowPicture } from "./parts/flow";
import { Summary } from "./parts/summary";
import { PlanTable } from "./parts/table";
import { PlanCard } from "./plan-card/card";
import { PriceCard } from "./price-card/card";
import { SavingsCard } from "./savings-card/card";
import { ScorecardCard } from "./scorecard-card/card";
import { DashboardStrategy } from "./strategy/dashboard";
import { PriceTile } from "./tile-card/card";

const ELEMENTS: Record<string, CustomElementConstructor> = {
  "merit-order-ago": Ago,
  "merit-order-bars": MoneyBars,
  "merit-order-plan-chart": PlanChart,
  "merit-order-block-detail": BlockDetail,
  "merit-order-flow": FlowPicture,
  "merit-order-summary": Summary,
  "merit-order-table": PlanTable,
  "merit-order-plan": PlanCard,
  "merit-order-now": NowCard,
  "merit-order-price": PriceCard,
  "merit-order-tile": PriceTile,
  "merit-order-needs": NeedsCard,
  "merit-order-savings": SavingsCard,
  "merit-order-capacity": CapacityCard,
  "merit-order-scorecard": ScorecardCard,
  "merit-order-health": HealthCard,
  "merit-order-device": DeviceCard,
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
offered.customCards.push(...offeredCards());
offered.customStrategies ??= [];
offered.customStrategies.push(offeredStrategy());
