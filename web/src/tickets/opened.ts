import { reactive } from "vue";

/** The pickers of the open ticket that its keys open too. */
export const opened = reactive({ status: false, label: false, owner: false, move: false });
