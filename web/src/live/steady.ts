// The connection's state as it is shown: a blink of the network is not worth a word.
import { onScopeDispose, type Ref, ref, watch } from "vue";
import { type LiveState, useConnection } from "./connection";

export const blinkFor = 600;

/** Live at once, anything else after a while of it. */
export function useSteadyState(): Readonly<Ref<LiveState>> {
  const connection = useConnection();
  const state = ref<LiveState>(connection.everLive ? connection.state : "live");
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => connection.state,
    (now) => {
      clearTimeout(timer);
      timer = setTimeout(() => (state.value = now), now === "live" ? 0 : blinkFor);
    },
    { immediate: true },
  );
  onScopeDispose(() => clearTimeout(timer));
  return state;
}
