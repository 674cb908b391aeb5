/** Moving through time with a finger, two fingers or a wheel; what is only a touch stays with the chart. */

import { instant } from "../../logic/axis";
import { zoomed } from "../../logic/sight";
import type { Sight, View } from "../../logic/view";

const DRAG_PX = 8;
const WHEEL_ZOOM = 0.002;

/** Follows the pointers on a chart and says what should come in sight. */
export class Moves {
  private readonly pointers = new Map<number, { start: number; now: number }>();
  private begun: Sight | null = null;
  private dragging = false;

  constructor(private readonly want: (sight: Sight) => void) {}

  /** Whether a finger or the mouse is moving the chart. */
  get active(): boolean {
    return this.dragging;
  }

  down(event: PointerEvent, view: View): void {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, { start: event.clientX, now: event.clientX });
    this.begin(view);
  }

  move(event: PointerEvent, view: View, left: number): void {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer || !this.begun) return;
    // The button was let go somewhere else.
    if (event.buttons === 0) {
      this.up(event, view);
      return;
    }
    pointer.now = event.clientX;
    const [one, two] = [...this.pointers.values()];
    if (!one) return;
    if (!two && !this.dragging && Math.abs(one.now - one.start) < DRAG_PX) return;
    this.dragging = true;
    const { from, to } = this.begun;
    const perPixel = (to - from) / (view.axis.right - view.axis.left);
    if (!two) {
      const by = (one.start - one.now) * perPixel;
      this.want({ from: from + by, to: to + by });
      return;
    }
    const [before, after] = [Math.abs(one.start - two.start), Math.abs(one.now - two.now)];
    const middle = from + ((one.start + two.start) / 2 - left - view.axis.left) * perPixel;
    this.want(zoomed(this.begun, Math.max(before, 1) / Math.max(after, 1), middle));
  }

  up(event: PointerEvent, view: View): void {
    this.pointers.delete(event.pointerId);
    if (this.pointers.size === 0) {
      this.begun = null;
      this.dragging = false;
    } else this.begin(view);
  }

  /** Sideways moves, with Ctrl it zooms; up and down stays with the page. */
  wheel(event: WheelEvent, view: View, left: number): void {
    const { axis } = view;
    const sight = { from: axis.from, to: axis.to };
    if (event.ctrlKey) {
      event.preventDefault();
      this.want(zoomed(sight, 1 + event.deltaY * WHEEL_ZOOM, instant(axis, event.clientX - left)));
      return;
    }
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
    if (Math.abs(sideways) < 1 || (!event.shiftKey && Math.abs(event.deltaY) > Math.abs(sideways))) return;
    event.preventDefault();
    const by = (sideways * (axis.to - axis.from)) / (axis.right - axis.left);
    this.want({ from: sight.from + by, to: sight.to + by });
  }

  private begin(view: View): void {
    for (const pointer of this.pointers.values()) pointer.start = pointer.now;
    this.begun = { from: view.axis.from, to: view.axis.to };
  }
}
