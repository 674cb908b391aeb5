/** Registers everything; nothing else happens here. */

import { Ago } from "./parts/ago";
import { PlanChart } from "./parts/chart/chart";
import { BlockDetail } from "./parts/detail";
import { Summary } from "./parts/summary";
import { PlanCard } from "./plan-card/card";

const ELEMENTS: Record<string, CustomElementConstructor> = {
  "merit-order-ago": Ago,
  "merit-order-plan-chart": PlanChart,
  "merit-order-block-detail": BlockDetail,
  "merit-order-summary": Summary,
  "merit-order-plan": PlanCard,
};

// Home Assistant replaces the registry of elements as it starts; what was defined before that would be lost.
customElements.whenDefined("home-assistant").then(() => {
  for (const [name, element] of Object.entries(ELEMENTS)) {
    if (!customElements.get(name)) customElements.define(name, element);
  }
});

const catalogue = window as unknown as { customCards?: object[] };
catalogue.customCards ??= [];
catalogue.customCards.push({
  type: "merit-order-plan",
  name: "Merit Order: Plan",
  description: "Prices, sun, home, battery and everything that is planned, on one time axis",
  preview: true,
});
