// Whether anybody looks at this page, and whether the machine is awake.
import { useConnection } from "@/live/connection";

export function attend(): void {
  const connection = useConnection();
  const look = (): void => {
    connection.hide(document.hidden);
    if (!document.hidden) connection.wake();
  };
  const input = (): void => connection.input();
  document.addEventListener("visibilitychange", look);
  document.addEventListener("freeze", () => connection.pause());
  document.addEventListener("resume", () => connection.wake());
  window.addEventListener("online", () => connection.wake());
  window.addEventListener("pageshow", (event) => event.persisted && connection.wake());
  for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"])
    window.addEventListener(kind, input, { passive: true });
  look();
}
