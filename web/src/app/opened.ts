import { reactive } from "vue";

/** What lies over the page. */
export const open = reactive({ palette: false, keys: false, menu: false, newTicket: false });
