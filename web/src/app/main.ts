import "./styles.css";
import "./theme";
import { createPinia } from "pinia";
import { createApp } from "vue";
import { listen } from "@/kit/keys";
import App from "./App.vue";
import { attend } from "./attention";
import { chooseLanguage, firstLanguage, i18n } from "./i18n";
import { makeRouter } from "./router";

const app = createApp(App).use(createPinia()).use(i18n);
app.use(makeRouter());
listen(window);
attend();
const first = firstLanguage();
if (first !== "en") await chooseLanguage(first).catch(() => undefined);
app.mount("#app");
